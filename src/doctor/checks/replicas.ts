import { gpusPerReplica } from '../../network/serve-args.js';
import { counted } from '../../text/figures.js';
import { type DoctorCheck, type DoctorFinding, ofReachedNodes, unknown } from '../check.js';
import type { MlNodeFacts } from '../facts.js';

/** As many replicas are in rotation as the GPUs allow. */
export const replicas: DoctorCheck = {
  name: 'replicas',
  title: 'every replica serves',
  whyItMatters: 'A replica that is not in rotation commits no nonces in PoC.',
  judge: (facts) => ofReachedNodes(facts, judgeNode),
};

function judgeNode(node: MlNodeFacts): DoctorFinding | null {
  const { replicas: told, state } = node;
  if ('unknown' in told) return unknown(told.unknown);
  const isServing = 'value' in state && state.value.state === 'INFERENCE';
  const broken = told.value.filter(({ status }) => status === 'ERROR');
  const serving = told.value.length - broken.length;
  const promised = promisedBy(node);
  const text = promised === null ? `${serving} in rotation` : `${serving} of ${promised} in rotation`;
  const ports = broken.map(({ port }) => port).join(', ');
  if (serving === 0) {
    return isServing
      ? {
          state: 'fail',
          text: `${text}, but the node says that it serves`,
          advice: 'read the log of vLLM on the node',
        }
      : { state: 'warn', text, advice: 'deploy the model: assay deploy, or assay node switch' };
  }
  if (broken.length > 0)
    return {
      state: 'fail',
      text: `${text}; ERROR on ${ports}`,
      advice: 'read the log of that replica on the node',
    };
  if (promised === null)
    return {
      state: 'unknown',
      text: `${counted(serving, 'replica')} in rotation; the expected number is not known`,
    };
  return serving < promised
    ? { state: 'fail', text, advice: 'wait for the others, then read the log of vLLM on the node' }
    : { state: 'ok', text };
}

/**
 * Reported by the node, else computed from its GPUs and the arguments that the network node lists; null: not
 * known.
 */
function promisedBy({ metrics, gpus, args }: MlNodeFacts): number | null {
  if ('value' in metrics && metrics.value?.replicas) return metrics.value.replicas;
  if (args === null || !('value' in gpus) || gpus.value === null) return null;
  return Math.floor(gpus.value.count / gpusPerReplica(args));
}
