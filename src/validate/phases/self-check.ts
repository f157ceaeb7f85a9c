import { consequenceOf } from '../../batches/consequences.js';
import { spreadJobs } from '../../batches/job-source.js';
import { type Batch, requestsUnderWay } from '../../batches/plan.js';
import { runBatches } from '../../batches/run-batches.js';
import { replyOf, type Transport } from '../../batches/transport.js';
import { HttpFault } from '../../http/fault.js';
import type { Limits } from '../../http/time-limit.js';
import type { GenerateAnswer } from '../../mlnode/answers.js';
import { exchangeGenerate } from '../../mlnode/generate.js';
import type { StatTest } from '../../run/thresholds.js';
import type { Artifact } from '../../schemes/scheme.js';
import type { SelfCheckCounts } from '../../verdict/self-check.js';
import type { ValidateContext } from '../context.js';
import { requestConfigOf } from '../inputs.js';
import { warnOfLeft } from './left-requests.js';
import type { Phase } from './phase.js';
import { ReplicaShares } from './replica-shares.js';
import { replicaReader, withinLimit } from './step-limit.js';

const ASK_TIMEOUT_MS = 75_000;
const LOOK_TIMEOUT_MS = 20_000;

/** The node's word about one batch. */
type CheckAnswer = Pick<SelfCheckCounts, 'n_total' | 'n_mismatch' | 'mismatch_nonces'>;

/** Not after a probe that ran out of time: the node computes as much again for its own check. */
export const selfCheckPhase: Phase = {
  name: 'self-check',
  isWanted: ({ options, skipsProbe }, { isProbeLate }) =>
    !skipsProbe && !isProbeLate && options.skipSelfCheck !== true,
  async run(context) {
    const { plan, config } = context.inputs;
    const { value } = await withinLimit(context, "the node's own check", (limits) => {
      const readReplicas = replicaReader(context.node, limits);
      const { batches, batchSize } = plan;
      return selfCheck(context, batches, batchSize, config.stat_test.values, readReplicas, limits);
    });
    return { observed: { selfCheck: value } };
  },
  consequence: (failure) =>
    failure instanceof HttpFault && consequenceOf('self-check', failure.outcome) === 'phase'
      ? { warning: `the node's own check gave no result: ${failure.line}` }
      : 'run',
};

/**
 * Has the node compare its own vectors with the golden ones, in whole batches like the probe.
 *
 * @returns null, with a warning, when it did not answer for every batch: it is judged by what was measured
 * @throws HttpFault when the node answers for none
 */
export async function selfCheck(
  context: ValidateContext,
  batches: Batch[],
  batchSize: number,
  statTest: StatTest,
  readReplicas: () => Promise<number[]>,
  { signal, until }: Limits,
): Promise<SelfCheckCounts[] | null> {
  const counts: SelfCheckCounts[] = [];
  let done = 0;
  const shares = new ReplicaShares([], null);
  const tell = () =>
    context.events.progress?.({
      phase: 'self-check',
      done,
      total: batches.length,
      unit: 'batches',
      parts: shares.parts(),
    });
  tell();
  const mode = context.options.probe === 'wait' ? 'wait' : 'queued';
  const lost = await runBatches<CheckAnswer>({
    phase: 'self-check',
    patience: context.patience,
    jobs: spreadJobs(batches),
    transport: transport(context, statTest, mode === 'wait'),
    batchSize,
    readReplicas,
    asksReturnAtOnce: mode !== 'wait',
    concurrency: (replicas, slowestMs) => requestsUnderWay(mode, replicas, slowestMs),
    onDone({ result, replica, batch: { start, count } }) {
      counts.push({ ...result, replica, nonces: context.reference.nonces.slice(start, start + count) });
      done++;
      shares.add(replica, 1);
      tell();
    },
    onLeft: warnOfLeft(context),
    signal,
    until,
  });
  if (lost.length > 0) {
    context.warn(
      `the node's own check gave no result for ${lost.length} of ${batches.length} batches: ${lost[0]?.reason}`,
    );
    return null;
  }
  return counts;
}

function transport(context: ValidateContext, statTest: StatTest, wait: boolean): Transport<CheckAnswer> {
  const { node, reference, params, options, patience } = context;
  const { batch_size } = requestConfigOf(options, reference.file);
  const url = `${node.api}/inference/pow/generate`;
  return {
    ask(batch) {
      const rows = Array.from({ length: batch.count }, (_, row) => batch.start + row);
      const artifacts = rows.map((row) => reference.artifacts[row] as Artifact);
      const body = {
        ...params,
        nonces: artifacts.map(({ nonce }) => nonce),
        wait,
        ...(batch_size !== null && { batch_size }),
        validation: { artifacts },
        stat_test: statTest,
      };
      return exchange(url, batch, patience * ASK_TIMEOUT_MS, body);
    },
    look: (requestId, batch) => exchange(`${url}/${requestId}`, batch, patience * LOOK_TIMEOUT_MS),
  };
}

function exchange(
  url: string,
  batch: Batch,
  timeoutMs: number,
  body?: Parameters<typeof exchangeGenerate>[0]['body'],
): ReturnType<Transport<CheckAnswer>['ask']> {
  return exchangeGenerate({ url, timeoutMs, count: batch.count, ...(body && { body }) }, (answer) =>
    replyOf(answer, body === undefined, (completed) => countsOf(completed, batch.count)),
  );
}

/** The counts of a complete answer; undefined where they are none of so many nonces. */
function countsOf(
  { n_total, n_mismatch, mismatch_nonces }: GenerateAnswer,
  asked: number,
): CheckAnswer | undefined {
  if (n_total === undefined || n_mismatch === undefined) return undefined;
  const nonces = mismatch_nonces ?? [];
  if (n_total > asked || n_mismatch > n_total || nonces.length > asked) return undefined;
  return { n_total, n_mismatch, mismatch_nonces: nonces };
}
