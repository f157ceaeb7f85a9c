import { performance } from 'node:perf_hooks';
import { AssayError, messageOf } from '../errors.js';
import { HttpFault } from '../http/fault.js';
import { maskSecrets } from '../http/mask.js';
import { timeLimit } from '../http/time-limit.js';
import { isGenerating } from '../mlnode/replicas.js';
import { secondsSince } from '../validate/context.js';
import type { ImageCheck, Tester } from './check.js';
import { type ImageCheckResult, worstOf } from './model.js';

const CLEANUP_MS = 60_000;

/** The result of a check that does not run. */
export function skippedResult(check: ImageCheck, reason: string): ImageCheckResult {
  return {
    ...headOf(check),
    outcome: 'skipped',
    reason,
    findings: [],
    figures: {},
    facts: null,
    elapsed_s: 0,
  };
}

/**
 * Runs one check within its limit, and leaves none of its work on the node.
 *
 * @throws the signal's reason when the whole run was interrupted
 */
export async function runCheck(check: ImageCheck, tester: Tester): Promise<ImageCheckResult> {
  const head = headOf(check);
  const begun = performance.now();
  const seconds = check.limitSeconds(tester.inputs);
  const isOver = new AssayError(`not finished within ${Math.round(seconds)} s`, {
    advice: "look into the node's log to see why it takes long",
  });
  const limit = timeLimit(tester, seconds, isOver);
  const own: Tester = { ...tester, ...limit, node: tester.node.within(limit) };
  try {
    const facts = await check.gather(own);
    const findings = check.judge(facts, tester.inputs).map((finding) => ({
      ...finding,
      evidence: maskSecrets(finding.evidence),
    }));
    return {
      ...head,
      outcome: worstOf(findings.map(({ outcome }) => outcome)),
      reason: null,
      findings,
      figures: check.figures?.(facts, tester.inputs) ?? {},
      facts,
      elapsed_s: secondsSince(begun),
    };
  } catch (error) {
    if (tester.signal.aborted) throw tester.signal.reason;
    const line = error instanceof AssayError ? error.line : `internal error: ${messageOf(error)}`;
    const evidence = maskSecrets(line);
    return {
      ...head,
      outcome: 'unknown',
      reason: evidence,
      findings: [],
      figures: {},
      facts: null,
      elapsed_s: secondsSince(begun),
    };
  } finally {
    const isCut = limit.signal.aborted;
    limit.clear();
    await leave(tester, isCut);
  }
}

function headOf({ name, title, why }: ImageCheck) {
  return { check: name, title, why, started_at: new Date().toISOString() };
}

/**
 * Stops all work of this run on the node. The node belongs to the tester, so the stop ends no other user's
 * work. A check that was interrupted may have left requests in the queue.
 */
async function leave({ node, patience, warn, ownPublicKey }: Tester, isCut: boolean): Promise<void> {
  // It must still run after the interruption that asks for it.
  const ms = patience * CLEANUP_MS;
  const cleaner = node.within({ signal: AbortSignal.timeout(ms), until: performance.now() + ms });
  try {
    if (isCut || (await generates(cleaner, ownPublicKey))) await cleaner.stopGeneration();
  } catch (error) {
    warn(`it is not known whether the node still works on this run: ${messageOf(error)}`);
  }
}

/** If the node does not report it, assume that it does. */
async function generates(node: Tester['node'], publicKey: string): Promise<boolean> {
  try {
    const { backends = [] } = await node.powStatus();
    return backends.some((replica) => isGenerating(replica) && replica.config?.public_key === publicKey);
  } catch (error) {
    if (error instanceof HttpFault) return true;
    throw error;
  }
}
