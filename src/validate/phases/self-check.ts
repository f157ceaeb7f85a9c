import { consequenceOf } from '../../batches/consequences.js';
import { type JobSource, spreadJobs } from '../../batches/job-source.js';
import { type Batch, requestsUnderWay } from '../../batches/plan.js';
import { type Done, runBatches } from '../../batches/run-batches.js';
import { NAMELESS, sampleJobs } from '../../batches/sample-jobs.js';
import { EngineStandsStill } from '../../batches/still-watch.js';
import { replyOf, type Transport } from '../../batches/transport.js';
import { WeightMeasured } from '../../chain/weight-measured.js';
import { whileUnmeasured } from '../../chain/while-unmeasured.js';
import { largest } from '../../extremes.js';
import type { GoldenReference } from '../../golden/reference.js';
import { HttpFault } from '../../http/fault.js';
import type { TimeLimits } from '../../http/time-limit.js';
import type { GenerateAnswer } from '../../mlnode/answers.js';
import { exchangeGenerate } from '../../mlnode/generate.js';
import { jobsOf } from '../../probe/probe.js';
import type { Observation } from '../../run/observation.js';
import type { ChainCheck } from '../../run/report.js';
import type { StatTest } from '../../run/thresholds.js';
import { schemeOf } from '../../schemes/index.js';
import type { Artifact } from '../../schemes/scheme.js';
import { counted } from '../../text/figures.js';
import { type ChainsAsked, readChainCheck } from '../../verdict/chain-check.js';
import type { SelfCheckCounts } from '../../verdict/self-check.js';
import type { RunContext, ValidateContext } from '../context.js';
import { requestConfigOf } from '../inputs.js';
import type { Observed } from '../observed.js';
import { warnOfLeft } from './left-requests.js';
import type { Phase } from './phase.js';
import { ReplicaShares } from './replica-shares.js';
import { replicaReader, withinLimit } from './step-limit.js';
import { stillLimit } from './still-limit.js';

export const ASK_TIMEOUT_MS = 75_000;
export const LOOK_TIMEOUT_MS = 20_000;

/** The node's answer about one batch. */
export type CheckAnswer = Pick<SelfCheckCounts, 'n_total' | 'n_mismatch' | 'mismatch_nonces'> & {
  /** In the decode scheme: the nonces that the engine tested, and the result. */
  chains?: Omit<ChainCheck, 'replicas' | 'answered_by'>;
};

/** The node's answers about itself. */
export interface OwnCheck {
  counts: SelfCheckCounts[];
  /** null in the prefill scheme. */
  chains: ChainCheck[] | null;
}

/**
 * Not after a probe that ran out of time, because the node computes again for its own check. Not where the
 * node answered nothing, because there is nothing to compare with.
 */
export const selfCheckPhase: Phase = {
  name: 'self-check',
  isWanted: ({ options, skipsProbe }, { isProbeLate, observations }) =>
    !skipsProbe && !isProbeLate && options.skipSelfCheck !== true && observations.length > 0,
  async run(context, observed) {
    const { value } = await withinLimit(context, "the node's own check", (limits) => {
      const run = (within: TimeLimits, onBatch: (latencyMs: number) => void) =>
        selfCheck(context, observed, within, onBatch);
      // One batch per replica takes at most as long as the probe's slowest batch. All batches take as long as
      // the probe.
      const slowest = Math.max(0, ...observed.observations.map(({ latency_s }) => latency_s));
      const takes = context.options.selfCheck === 'full' ? (observed.seconds.probe ?? 0) : slowest;
      return whileUnmeasured(context.options.weightGuard, limits, {
        what: 'check by the node itself',
        takesMs: 1000 * takes,
        run,
      });
    });
    return { observed: { selfCheck: value?.counts ?? null, ownCheck: value?.chains ?? null } };
  },
  consequence(failure) {
    const costsPhase =
      failure instanceof WeightMeasured ||
      failure instanceof EngineStandsStill ||
      (failure instanceof HttpFault && consequenceOf('self-check', failure.outcome) === 'phase');
    return costsPhase ? { warning: `the node's own check gave no result: ${failure.line}` } : 'run';
  },
};

/**
 * Asks the node to compare its own vectors with the golden ones, in whole batches as in the probe: one for
 * each replica that answered, or all batches.
 *
 * @param observed the measurements
 * @returns the answers, by request; null, with a warning, where there were none: the run is then judged by
 *   the measurement
 * @throws HttpFault when the node answers no request; EngineStandsStill
 */
export async function selfCheck(
  context: RunContext,
  { observations, phases }: Pick<Observed, 'observations' | 'phases'>,
  limits: TimeLimits,
  onBatch: (latencyMs: number) => void = () => {},
): Promise<OwnCheck | null> {
  const { inputs, options, patience, warn } = context;
  const { batchSize } = inputs.plan;
  const mode = options.probe === 'wait' ? 'wait' : 'queued';
  const plan = planOf(context, observations, mode);
  const { total } = plan;
  const { counts, chains, onDone } = collector(context, total);
  const lost = await runBatches<CheckAnswer>({
    phase: 'self-check',
    patience,
    jobs: plan.jobs,
    transport: transport(context, inputs.config.stat_test.values, mode === 'wait'),
    batchSize,
    readReplicas: replicaReader(context.node, limits),
    asksReturnAtOnce: mode !== 'wait',
    concurrency: (replicas, slowestMs) => requestsUnderWay(mode, replicas, slowestMs),
    onDone(done) {
      onBatch(done.latencyMs);
      onDone(done);
    },
    onLeft: warnOfLeft(context),
    still: stillLimit(
      context.node.within(limits),
      phases.throughput,
      batchSize,
      patience,
      1000 * largest(observations.map(({ latency_s }) => latency_s)),
    ),
    ...limits,
  });
  if (lost.length > 0) {
    warn(
      `the node's own check gave no result for ${lost.length} of ${counted(total, 'batch', 'batches')}: ${lost[0]?.reason}`,
    );
  }
  const unasked = total - counts.length - lost.length;
  if (unasked > 0) {
    warn(
      `the node's own check asked for ${total - unasked} of ${counted(total, 'batch', 'batches')}: the node gave none to the other replicas`,
    );
  }
  if (counts.length === 0) return null;
  return { counts, chains: stepsOf(context.reference) === 1 ? null : chains };
}

/** Collects the node's answers about itself, and reports them as progress. */
function collector({ events, reference }: RunContext, total: number) {
  const counts: SelfCheckCounts[] = [];
  const chains: ChainCheck[] = [];
  const shares = new ReplicaShares([], null);
  const tell = () => {
    const parts = shares.parts();
    events.progress?.({ phase: 'self-check', done: counts.length, total, unit: 'batches', parts });
  };
  tell();
  return {
    counts,
    chains,
    onDone({ result, replica, batch: { start, count } }: Done<CheckAnswer>): void {
      const { chains: own, ...told } = result;
      counts.push({ ...told, replica, nonces: reference.nonces.slice(start, start + count) });
      if (own !== undefined) chains.push({ ...own, replicas: null, answered_by: replica });
      shares.add(replica, 1);
      tell();
    },
  };
}

/** What is asked for, and how many requests that is at least. */
function planOf(
  { inputs, options, reference }: RunContext,
  observations: Observation[],
  mode: 'wait' | 'queued',
): { jobs: JobSource; total: number } {
  const { plan, coverage, nonces } = inputs;
  const { batches } = plan;
  if (schemeOf(reference.file).judgedBy === 'engine') {
    // This check is the verdict where no other engine is asked. So it covers what the probe covers.
    const ports = new Set(observations.flatMap(({ replica }) => replica ?? [])).size;
    const copies = coverage === 'every-replica' ? ports : 1;
    return { jobs: jobsOf({ batches, coverage, nonces, mode }), total: copies * batches.length };
  }
  if (options.selfCheck === 'full') return { jobs: spreadJobs(batches), total: batches.length };
  const sample = sampleOf(batches, observations);
  return { jobs: sampleJobs(sample, lastAsked(observations)), total: sample.size };
}

/** A batch that was measured on each replica, by port: a full batch where there is one. */
function sampleOf(batches: Batch[], observations: Observation[]): Map<number, Batch> {
  const sample = new Map<number, Batch>();
  for (const { replica, batch } of observations) {
    const candidate = batches.find(({ index }) => index === batch);
    const port = replica ?? NAMELESS;
    if (candidate === undefined || candidate.count <= (sample.get(port)?.count ?? 0)) continue;
    sample.set(port, candidate);
  }
  return sample;
}

/** The replica that received the last request: nodes distribute requests in turn. */
function lastAsked(observations: Observation[]): number | undefined {
  const further = observations.filter((one) => one.further === true);
  const last =
    further.at(-1) ??
    observations.reduce<Observation | undefined>(
      (latest, one) => (latest === undefined || one.batch >= latest.batch ? one : latest),
      undefined,
    );
  return last?.replica ?? undefined;
}

function transport(context: ValidateContext, statTest: StatTest, wait: boolean): Transport<CheckAnswer> {
  const { node, reference, params, options, patience } = context;
  const { batch_size } = requestConfigOf(options, reference.file);
  const url = `${node.api}/inference/pow/generate`;
  const steps = stepsOf(reference);
  const asked = ({ start, count }: Batch): ChainsAsked => ({
    nonces: reference.nonces.slice(start, start + count),
    steps,
    tau: statTest.dist_threshold,
  });
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
      return exchangeCheck(url, asked(batch), patience * ASK_TIMEOUT_MS, body);
    },
    look: (requestId, batch) =>
      exchangeCheck(`${url}/${requestId}`, asked(batch), patience * LOOK_TIMEOUT_MS),
  };
}

/** @param asked its `steps` are 1 in the prefill scheme */
export function exchangeCheck(
  url: string,
  asked: ChainsAsked,
  timeoutMs: number,
  body?: Parameters<typeof exchangeGenerate>[0]['body'],
): ReturnType<Transport<CheckAnswer>['ask']> {
  const count = asked.nonces.length;
  return exchangeGenerate({ url, timeoutMs, count, ...(body && { body }) }, (answer) =>
    replyOf(answer, body === undefined, (completed) =>
      asked.steps === 1 ? countsOf(completed, count) : chainCountsOf(completed, asked),
    ),
  );
}

/** @throws HttpFault for an answer with impossible values */
function chainCountsOf(answer: GenerateAnswer, asked: ChainsAsked): CheckAnswer {
  const chains = readChainCheck(answer, asked);
  if (typeof chains === 'string') throw new HttpFault('malformed', chains);
  const { tested_nonces: tested, mismatch_nonces: mismatches } = chains;
  return {
    n_total: tested.length,
    n_mismatch: mismatches.length,
    mismatch_nonces: mismatches,
    chains,
  };
}

/** Steps of a chain where an engine judges; 1 in the prefill scheme. */
export function stepsOf({ file }: Pick<GoldenReference, 'file'>): number {
  const scheme = schemeOf(file);
  return scheme.judgedBy === 'engine' ? scheme.rowLength(file) : 1;
}

/** The counts of a complete answer; undefined where they do not fit the number of nonces. */
function countsOf(
  { n_total, n_mismatch, mismatch_nonces }: GenerateAnswer,
  asked: number,
): CheckAnswer | undefined {
  if (n_total === undefined || n_mismatch === undefined) return undefined;
  const nonces = mismatch_nonces ?? [];
  if (n_total > asked || n_mismatch > n_total || nonces.length > asked) return undefined;
  return { n_total, n_mismatch, mismatch_nonces: nonces };
}
