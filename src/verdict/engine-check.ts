import type { Observation } from '../run/observation.js';
import type { ChainCheck, DecodeReport, Warning } from '../run/report.js';
import { counted, nonceList } from '../text/figures.js';
import { groupBy } from '../text/group-by.js';

/** Whose engine judged the chains. */
export type EngineJudge = 'trusted_engine' | 'own_check';

/** Chains as an engine judged them. */
export interface EngineJudgement {
  by: EngineJudge;
  /**
   * The nonces that it tested, and the nonces whose answer is no chain: those are mismatches without a test.
   */
  observations: Observation[];
  /** Whole chains that it did not test. */
  notTested: DecodeReport['not_tested'];
  /** Nonces that it says it left out. */
  excluded: number[];
  /** An older build, which counts steps: its list of nonces is used and its sums are not. */
  isPooled: boolean;
  /** Nonces where the engine's judgement differs from the one by margin and tau. */
  calledOtherwise: number;
}

/**
 * Judges chains by an engine's answer: a nonce is a mismatch where the engine says so. This code measures no
 * margin, because only an engine that has the model loaded can.
 *
 * @param observations of the decode scheme
 * @param trusted the answer of a trusted engine about the node's chains; null where none was asked
 * @param own the node's answer about the golden chains; null where it was not asked
 * @returns null where no engine judged
 */
export function judgedByEngine(
  observations: Observation[],
  trusted: ChainCheck[] | null,
  own: ChainCheck[] | null,
): EngineJudgement | null {
  const checks = trusted ?? own;
  if (checks === null || checks.length === 0) return null;
  const { judged, notTested } =
    trusted === null ? judgedByChecks(observations, checks) : judgedByChain(observations, checks);
  return {
    by: trusted === null ? 'own_check' : 'trusted_engine',
    observations: judged,
    notTested,
    excluded: [...new Set(checks.flatMap(({ excluded_nonces }) => excluded_nonces))],
    isPooled: checks.some(({ is_pooled }) => is_pooled),
    calledOtherwise: checks.reduce((sum, { called_otherwise }) => sum + called_otherwise, 0),
  };
}

/** The observations that were judged, and the chains that were not. */
type Judged = { judged: Observation[]; notTested: DecodeReport['not_tested'] };

/**
 * The node's answers about the reference's chains. An answer is about the engine of the replica that gave it,
 * which may be another replica than the one that computed the nonce: then it counts for the former.
 */
function judgedByChecks(observations: Observation[], checks: ChainCheck[]): Judged {
  const { judged, whole } = withoutChain(observations);
  const tested = new Set<number>();
  const met = new Set(judged.filter(({ further }) => further !== true).map(({ nonce }) => nonce));
  const ofNonce = groupBy(whole, ({ nonce }) => nonce);
  for (const { tested_nonces, mismatch_nonces, answered_by: port } of checks) {
    const mismatching = new Set(mismatch_nonces);
    for (const nonce of new Set([...tested_nonces, ...mismatch_nonces])) {
      const same = ofNonce.get(nonce) ?? [];
      const own = same.find(({ replica }) => replica === port) ?? same[0];
      if (own === undefined) continue;
      const { further: _, ...first } = { ...own, ...(port != null && { replica: port }) };
      const isMismatch = mismatching.has(nonce);
      judged.push({
        ...first,
        ...(met.has(nonce) && { further: true as const }),
        mismatch: isMismatch,
        why: isMismatch ? 'engine' : null,
      });
      tested.add(nonce);
      met.add(nonce);
    }
  }
  const left = [...ofNonce].filter(([nonce]) => !tested.has(nonce)).flatMap(([, same]) => same);
  return { judged, notTested: left.map(({ nonce, replica }) => ({ nonce, replica })) };
}

/** A trusted engine's answer counts for the chain that was sent to it, and for every chain equal to it. */
function judgedByChain(observations: Observation[], checks: ChainCheck[]): Judged {
  const { judged, whole } = withoutChain(observations);
  const calls = callsByChain(checks, observations);
  const notTested: Judged['notTested'] = [];
  for (const observation of whole) {
    const mismatch = calls.get(keyOf(observation));
    const { nonce, replica } = observation;
    if (mismatch === undefined) notTested.push({ nonce, replica });
    else judged.push({ ...observation, mismatch, why: mismatch ? 'engine' : null });
  }
  return { judged, notTested };
}

/** An answer that is no chain is a mismatch, whatever an engine says. */
function withoutChain(observations: Observation[]): { judged: Observation[]; whole: Observation[] } {
  const isWhole = ({ why }: Observation) => why === null || why === 'engine';
  return {
    judged: observations
      .filter((one) => !isWhole(one))
      .map((observation) => ({ ...observation, mismatch: true })),
    whole: observations.filter(isWhole),
  };
}

/** Whether each chain that was tested mismatches. */
function callsByChain(checks: ChainCheck[], observations: Observation[]): Map<string, boolean> {
  const chainOf = new Map(
    observations.map((observation) => [`${observation.nonce}@${observation.replica}`, keyOf(observation)]),
  );
  const calls = new Map<string, boolean>();
  for (const { nonces, replicas, tested_nonces, mismatch_nonces } of checks) {
    const [tested, mismatching] = [new Set(tested_nonces), new Set(mismatch_nonces)];
    for (const [at, nonce] of nonces.entries()) {
      const chain = chainOf.get(`${nonce}@${replicas?.[at] ?? null}`);
      if (chain === undefined || !(tested.has(nonce) || mismatching.has(nonce))) continue;
      calls.set(chain, mismatching.has(nonce));
    }
  }
  return calls;
}

/** What makes two chains the same: the nonce, and every step. */
export function keyOf({ nonce, k_points_steps = [] }: Pick<Observation, 'nonce' | 'k_points_steps'>): string {
  return `${nonce}:${k_points_steps.join()}`;
}

/** What a reader must know about a verdict that an engine gave. */
export function engineWarnings({
  by,
  isPooled,
  notTested,
  excluded,
  calledOtherwise,
}: EngineJudgement): Warning[] {
  const warnings: Warning[] = [];
  const about = (text: string, more: Partial<Warning> = {}) =>
    warnings.push({ text, about_node: false, ...more });
  if (by === 'own_check') {
    about(
      "the verdict is by the node's own check, which is its own word: no trusted engine checked its chains",
      {
        code: 'judged_by_own_check',
        about_node: true,
        advice: 'name a node that you trust: --trusted-url URL',
      },
    );
  }
  if (isPooled)
    about(
      'the engine that judged is of an older build, which counts steps: its list of nonces was taken, and not its sums',
    );
  if (calledOtherwise > 0)
    about(
      `the engine that judged called ${counted(calledOtherwise, 'nonce')} otherwise than their margins do: it has another threshold, or another rule; the margins were taken`,
    );
  if (notTested.length > 0)
    about(notTestedText(notTested, excluded), {
      code: 'chains_not_tested',
      advice: 'look into the log of the engine that judged, or take another: --trusted-url URL',
    });
  return warnings;
}

/** `3 chains were not tested by the engine (nonce 4, 8, 9; 2 of them it left out)` */
export function notTestedText(notTested: DecodeReport['not_tested'], excluded: readonly number[]): string {
  const left = notTested.filter(({ nonce }) => excluded.includes(nonce)).length;
  const also = left === 0 ? '' : `; it says that it left out ${left} of them`;
  return `${counted(notTested.length, 'chain')} ${notTested.length === 1 ? 'was' : 'were'} not tested by the engine (nonce ${nonceList(notTested.map(({ nonce }) => nonce))})${also}`;
}

/** Which engine gave a verdict of the decode scheme, in a phrase. */
export function engineText(by: EngineJudge): string {
  return by === 'trusted_engine' ? "by the trusted engine's check" : "by the node's own check";
}
