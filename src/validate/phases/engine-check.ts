import { consequenceOf } from '../../batches/consequences.js';
import { spreadJobs } from '../../batches/job-source.js';
import { type Batch, planBatches, requestsUnderWay } from '../../batches/plan.js';
import { runBatches } from '../../batches/run-batches.js';
import type { Transport } from '../../batches/transport.js';
import { WeightMeasured } from '../../chain/weight-measured.js';
import { whileUnmeasured } from '../../chain/while-unmeasured.js';
import { HttpFault } from '../../http/fault.js';
import type { TimeLimits } from '../../http/time-limit.js';
import { MlNodeClient } from '../../mlnode/client.js';
import { isUnknownScheme } from '../../mlnode/unknown-scheme.js';
import type { Observation } from '../../run/observation.js';
import type { ChainCheck } from '../../run/report.js';
import { schemeOf } from '../../schemes/index.js';
import type { Artifact } from '../../schemes/scheme.js';
import { counted } from '../../text/figures.js';
import type { ChainsAsked } from '../../verdict/chain-check.js';
import { keyOf } from '../../verdict/engine-check.js';
import { trustedUrlOf } from '../challenge.js';
import type { RunContext } from '../context.js';
import type { Phase } from './phase.js';
import { ASK_TIMEOUT_MS, type CheckAnswer, exchangeCheck, LOOK_TIMEOUT_MS, stepsOf } from './self-check.js';
import { replicaReader, withinLimit } from './step-limit.js';

/**
 * A trusted engine runs on the node's chains, as a validator of the network does. Only an engine that has the
 * model loaded can say how close each choice was.
 */
export const engineCheckPhase: Phase = {
  name: 'engine-check',
  isWanted: ({ reference, options, skipsProbe }, { observations }) =>
    !skipsProbe &&
    schemeOf(reference.file).judgedBy === 'engine' &&
    trustedUrlOf(options) !== undefined &&
    observations.some(isWhole),
  async run(context, { observations }) {
    const chains = observations.filter(isWhole);
    const slowest = chains.reduce((most, { latency_s }) => Math.max(most, latency_s), 0);
    const { value } = await withinLimit(context, "the trusted engine's check", (limits) =>
      whileUnmeasured(context.options.weightGuard, limits, {
        what: 'check by the trusted engine',
        takesMs: 1000 * slowest,
        run: (within, onBatch) => checkChains(context, chains, within, onBatch),
      }),
    );
    // "Asked, but no result" differs from "not asked".
    return { observed: { engineCheck: value ?? [] } };
  },
  consequence: (failure) =>
    failure instanceof WeightMeasured ||
    (failure instanceof HttpFault && consequenceOf('self-check', failure.outcome) === 'phase')
      ? {
          warning: `the trusted engine's check gave no result: ${isUnknownScheme(failure) ? 'the build of the trusted node does not know the decode scheme' : failure.line}`,
          // The user asked for this check, so the node's own answer does not replace it.
          observed: { engineCheck: [] },
        }
      : 'run',
};

/** Only a whole chain can be sent to an engine. */
function isWhole({ why, k_points_steps }: Observation): boolean {
  return why === null && k_points_steps !== undefined;
}

async function checkChains(
  context: RunContext,
  chains: Observation[],
  limits: TimeLimits,
  onBatch: (latencyMs: number) => void,
): Promise<ChainCheck[]> {
  const { inputs, options, patience, events, warn } = context;
  const { batchSize } = inputs.plan;
  const trusted = new MlNodeClient(trustedUrlOf(options) as string, limits.signal, patience, limits.until);
  await trusted.reach();
  const rounds = roundsOf(chains);
  const ordered = rounds.flat();
  const batches = batchesOf(rounds, batchSize);
  const checks: ChainCheck[] = [];
  const lost = await runBatches<CheckAnswer>({
    phase: 'self-check',
    patience,
    jobs: spreadJobs(batches),
    transport: transport(context, trusted, ordered),
    batchSize,
    readReplicas: replicaReader(trusted, limits),
    asksReturnAtOnce: true,
    concurrency: (replicas, slowestMs) => requestsUnderWay('queued', replicas, slowestMs),
    onDone({ result, latencyMs, batch: { start, count } }) {
      onBatch(latencyMs);
      const replicas = ordered.slice(start, start + count).map(({ replica }) => replica);
      if (result.chains !== undefined) checks.push({ ...result.chains, replicas });
      events.progress?.({
        phase: 'engine-check',
        done: checks.length,
        total: batches.length,
        unit: 'batches',
      });
    },
    ...limits,
  });
  if (lost.length > 0) {
    const of = `${lost.length} of ${counted(batches.length, 'batch', 'batches')}`;
    warn(`the trusted engine's check gave no result for ${of}: ${lost[0]?.reason}`);
  }
  return checks;
}

/**
 * Every different chain, once: the first chain of each nonce, then the chains in which a further replica
 * differs from it. A request accepts a nonce once, so each round has each nonce once.
 */
function roundsOf(chains: Observation[]): Observation[][] {
  const rounds: Observation[][] = [];
  const known = new Set<string>();
  const taken = new Map<number, number>();
  for (const chain of chains) {
    const key = keyOf(chain);
    if (known.has(key)) continue;
    known.add(key);
    const round = taken.get(chain.nonce) ?? 0;
    taken.set(chain.nonce, round + 1);
    rounds[round] = [...(rounds[round] ?? []), chain];
  }
  return rounds;
}

/** Batches over all rounds in sequence; no batch contains nonces of two rounds. */
function batchesOf(rounds: Observation[][], batchSize: number): Batch[] {
  let start = 0;
  const starts = rounds.map((round) => {
    const own = start;
    start += round.length;
    return own;
  });
  return rounds
    .flatMap((round, at) =>
      planBatches(round.length, batchSize).map((batch) => ({
        ...batch,
        start: (starts[at] ?? 0) + batch.start,
      })),
    )
    .map((batch, index) => ({ ...batch, index }));
}

function transport(
  { inputs, reference, params, patience }: RunContext,
  trusted: MlNodeClient,
  chains: Observation[],
): Transport<CheckAnswer> {
  const url = `${trusted.api}/inference/pow/generate`;
  const { sentBatchSize } = inputs.plan;
  const statTest = inputs.config.stat_test.values;
  const asked = ({ start, count }: Batch): ChainsAsked => ({
    nonces: chains.slice(start, start + count).map(({ nonce }) => nonce),
    steps: stepsOf(reference),
    tau: statTest.dist_threshold,
  });
  return {
    ask(batch: Batch) {
      const artifacts = chains
        .slice(batch.start, batch.start + batch.count)
        .map(({ nonce, k_points_steps = [] }): Artifact => ({ nonce, vector_b64: '', k_points_steps }));
      const body = {
        ...params,
        nonces: artifacts.map(({ nonce }) => nonce),
        wait: false,
        ...(sentBatchSize !== null && { batch_size: sentBatchSize }),
        validation: { artifacts },
        stat_test: statTest,
      };
      return exchangeCheck(url, asked(batch), patience * ASK_TIMEOUT_MS, body);
    },
    look: (requestId, batch) =>
      exchangeCheck(`${url}/${requestId}`, asked(batch), patience * LOOK_TIMEOUT_MS),
  };
}
