import { consequenceOf } from '../../batches/consequences.js';
import { spreadJobs } from '../../batches/job-source.js';
import { type Batch, planBatches, requestsUnderWay } from '../../batches/plan.js';
import { runBatches } from '../../batches/run-batches.js';
import type { Transport } from '../../batches/transport.js';
import { HttpFault } from '../../http/fault.js';
import type { TimeLimits } from '../../http/time-limit.js';
import { MlNodeClient } from '../../mlnode/client.js';
import type { Observation } from '../../run/observation.js';
import { schemeOf } from '../../schemes/index.js';
import type { Artifact } from '../../schemes/scheme.js';
import type { EngineCheckCounts } from '../../verdict/engine-check.js';
import { trustedUrlOf } from '../challenge.js';
import type { RunContext } from '../context.js';
import type { Phase } from './phase.js';
import { ASK_TIMEOUT_MS, type CheckAnswer, exchangeCheck, LOOK_TIMEOUT_MS, stepsOf } from './self-check.js';
import { replicaReader, withinLimit } from './step-limit.js';

/**
 * A trusted engine feeds itself the node's chains, which is what a validator of the network does: only an engine that
 * holds the model can say how near each choice was.
 */
export const engineCheckPhase: Phase = {
  name: 'engine-check',
  isWanted: ({ reference, options, skipsProbe }, { observations }) =>
    !skipsProbe &&
    schemeOf(reference.file).judgedBy === 'engine' &&
    trustedUrlOf(options) !== undefined &&
    observations.some(isWhole),
  async run(context, { observations }) {
    const { value } = await withinLimit(context, "the trusted engine's check", (limits) =>
      checkChains(context, observations.filter(isWhole), limits),
    );
    return { observed: { engineCheck: value } };
  },
  consequence: (failure) =>
    failure instanceof HttpFault && consequenceOf('self-check', failure.outcome) === 'phase'
      ? { warning: `the trusted engine's check gave no result: ${failure.line}` }
      : 'run',
};

/** The first whole chain of each nonce. */
function isWhole({ why, k_points_steps, further }: Observation): boolean {
  return why === null && k_points_steps !== undefined && further !== true;
}

async function checkChains(
  context: RunContext,
  chains: Observation[],
  limits: TimeLimits,
): Promise<EngineCheckCounts[] | null> {
  const { inputs, options, patience, events, warn } = context;
  const { batchSize } = inputs.plan;
  const trusted = new MlNodeClient(trustedUrlOf(options) as string, limits.signal, patience, limits.until);
  await trusted.reach();
  const batches = planBatches(chains.length, batchSize);
  const checks: EngineCheckCounts[] = [];
  const lost = await runBatches<CheckAnswer>({
    phase: 'self-check',
    patience,
    jobs: spreadJobs(batches),
    transport: transport(context, trusted, chains),
    batchSize,
    readReplicas: replicaReader(trusted, limits),
    asksReturnAtOnce: true,
    concurrency: (replicas, slowestMs) => requestsUnderWay('queued', replicas, slowestMs),
    onDone({ result, batch: { start, count } }) {
      const nonces = chains.slice(start, start + count).map(({ nonce }) => nonce);
      checks.push({ ...result, nonces });
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
    const of = `${lost.length} of ${batches.length} batches`;
    warn(`the trusted engine's check gave no result for ${of}: ${lost[0]?.reason}`);
  }
  return checks.length === 0 ? null : checks;
}

function transport(
  { inputs, reference, params, patience }: RunContext,
  trusted: MlNodeClient,
  chains: Observation[],
): Transport<CheckAnswer> {
  const url = `${trusted.api}/inference/pow/generate`;
  const steps = stepsOf(reference);
  const { sentBatchSize } = inputs.plan;
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
        stat_test: inputs.config.stat_test.values,
      };
      return exchangeCheck(url, batch, patience * ASK_TIMEOUT_MS, steps, body);
    },
    look: (requestId, batch) =>
      exchangeCheck(`${url}/${requestId}`, batch, patience * LOOK_TIMEOUT_MS, steps),
  };
}
