import { isAtLeast } from '../../models/facts.js';
import { type DoctorCheck, type DoctorFinding, ofReachedNodes, unknown } from '../check.js';
import type { DoctorFacts, MlNodeFacts } from '../facts.js';

/** Versions that the model needs. */
export const versions: DoctorCheck = {
  name: 'versions',
  title: 'versions fit the model',
  whyItMatters: 'Some builds must not serve some models, and newer models need a newer driver.',
  judge: (facts) => ofReachedNodes(facts, (node) => judgeNode(node, facts)),
};

function judgeNode(node: MlNodeFacts, { known }: DoctorFacts): DoctorFinding {
  const own = 'value' in node.versions ? node.versions.value : null;
  const gpu = 'value' in node.driver ? node.driver.value : null;
  const told: [name: string, version: string | null | undefined, least: string | undefined][] = [
    ['MLNode', own?.version, known?.needs?.mlnode],
    ['vLLM', own?.vllm_version, undefined],
    ['driver', gpu?.driver_version, known?.needs?.driver],
    ['CUDA', gpu?.cuda_driver_version, known?.needs?.cuda],
  ];
  const text = told.map(([name, version]) => `${name} ${version ?? 'not known'}`).join(', ');
  const old = told.filter(([, version, least]) => version && least && !isAtLeast(version, least));
  if (old.length > 0) {
    const wants = old.map(([name, version, least]) => `${name} ${version}, and the model needs ${least}`);
    return { state: 'fail', text: wants.join('; '), advice: 'update the machine before you deploy' };
  }
  if (told.every(([, version]) => !version)) return unknown('the node does not report its versions');
  const missing = told.filter(([, version, least]) => !version && least);
  if (missing.length === 0) return { state: 'ok', text };
  const needs = missing.map(([name, , least]) => `${name} ${least}`).join(', ');
  return unknown(`${text}; the model needs ${needs}`);
}
