import type { DiagnosisCode } from '../../src/run/report.js';
import type { Recording } from '../models/recordings.js';
import type { PairResult } from './judge-pair.js';

/** What a pair must come to by its labels. */
export type Kind = 'honest' | 'heads' | 'fraud' | 'no target';

/** Diagnoses that accuse nobody. */
const HARMLESS: ReadonlySet<DiagnosisCode> = new Set(['honest_cross_hardware', 'bit_exact']);

/** What the labels of the two make of a pair. */
export function kindOf({ reference, node, nonces }: Pick<PairResult, 'reference' | 'node' | 'nonces'>): Kind {
  const labels = [reference.label.label, node.label.label];
  if (labels.includes('unknown') || labels.every((label) => label === 'fraud')) return 'no target';
  if (labels.includes('fraud')) return 'fraud';
  const heads = headsOf(reference, node);
  if (heads === null) return 'no target';
  if (heads === 'none') return 'honest';
  // Where one of the two left its heads out, the other's are not among the nonces that both have.
  return nonces.some((nonce) => nonce % heads.period < heads.count) ? 'heads' : 'honest';
}

/** The heads that such a pair must show; null where the two have different ones. */
function headsOf(a: Recording, b: Recording): { period: number; count: number } | 'none' | null {
  const [x, y] = [a.label.heads, b.label.heads];
  if (x === undefined || y === undefined) return x ?? y ?? 'none';
  return x.period === y.period ? { period: x.period, count: Math.max(x.count, y.count) } : null;
}

/** Why a pair misses what its labels ask for; null where it does not, or has no target. */
export function missOf(result: PairResult): string | null {
  const { judgement, strict, reference, node } = result;
  const { diagnosis } = judgement.validation;
  const codes = diagnosis.map(({ code }) => code);
  switch (kindOf(result)) {
    case 'honest': {
      const suspicions = [
        ...codes.filter((code) => !HARMLESS.has(code)),
        ...judgement.warnings.filter(({ about_node }) => about_node).map(({ code, text }) => code ?? text),
      ];
      if (strict.verdict !== 'PASS') return `strict ${strict.verdict}: ${strict.verdictReason}`;
      return suspicions.length > 0 ? `suspicion: ${suspicions.join(', ')}` : null;
    }
    case 'heads': {
      const wanted = headsOf(reference, node) as { period: number; count: number };
      const found = diagnosis.find(({ code }) => code === 'heads_of_batches');
      if (found === undefined) return 'heads not found';
      if (found.period !== wanted.period || found.heads !== wanted.count) {
        return `heads found as the first ${found.heads} of ${found.period}`;
      }
      const accused = codes.filter((code) => code === 'known_fraud' || code === 'unrelated_vectors');
      return accused.length > 0 ? `suspicion: ${accused.join(', ')}` : null;
    }
    case 'fraud':
      if (strict.verdict !== 'FAIL') return `strict ${strict.verdict}`;
      return codes.includes('known_fraud') || codes.includes('unrelated_vectors')
        ? null
        : 'neither named nor unrelated';
    default:
      return null;
  }
}
