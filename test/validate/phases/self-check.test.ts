import { describe, expect, it } from 'vitest';
import { HttpFault } from '../../../src/http/fault.js';
import type { Observation } from '../../../src/run/observation.js';
import type { MlNodeSimulatorOptions } from '../../../src/simulator/mlnode/index.js';
import { resolveRun } from '../../../src/validate/inputs.js';
import type { ValidateOptions } from '../../../src/validate/options.js';
import { selfCheck, selfCheckPhase } from '../../../src/validate/phases/self-check.js';
import { observedBefore } from '../../../src/validate/start-run.js';
import { reference, simulatedNodes, watched } from '../support.js';

const simulate = simulatedNodes();

/** What a probe of the whole reference leaves: batches of 32, in turn on two replicas. */
const observations = reference.nonces.map(
  (nonce, row) =>
    ({
      nonce,
      batch: Math.floor(row / 32),
      replica: 5001 + (Math.floor(row / 32) % 2),
      latency_s: 0.1,
    }) as Observation,
);

async function checked(node: Partial<MlNodeSimulatorOptions>, options: Partial<ValidateOptions> = {}) {
  const simulator = await simulate(node);
  const bodies: { nonces: number[]; wait: boolean; validation?: object }[] = [];
  const hook = simulator.faults;
  simulator.faults = (request) => {
    if (request.endpoint === '/inference/pow/generate') bodies.push(request.body as never);
    return hook?.(request);
  };
  const seen = watched(simulator.url, { selfCheck: 'full', ...options });
  const { signal, until } = seen.context;
  const inputs = await resolveRun({ ...seen.context.options, reference }, { signal, until });
  const context = { ...seen.context, inputs, folder: null as never, pool: null };
  const own = await selfCheck(context, { ...observedBefore(inputs, observations) }, { signal, until });
  const checks = own?.counts ?? null;
  // Over all replicas.
  const counts = checks && {
    n_total: checks.reduce((sum, { n_total }) => sum + n_total, 0),
    n_mismatch: checks.reduce((sum, { n_mismatch }) => sum + n_mismatch, 0),
    mismatch_nonces: checks.flatMap(({ mismatch_nonces }) => mismatch_nonces),
  };
  return { simulator, checks, counts, bodies, ...seen };
}

describe("the node's own check", () => {
  it('is over every nonce, in the batches of the probe', async () => {
    const { counts, bodies } = await checked({});
    expect(counts).toEqual({ n_total: 200, n_mismatch: 0, mismatch_nonces: [] });
    expect(bodies.map(({ nonces }) => nonces.length).sort((a, b) => a - b)).toEqual([
      8, 32, 32, 32, 32, 32, 32,
    ]);
    expect(bodies.flatMap(({ nonces }) => nonces)).toHaveLength(new Set(reference.nonces).size);
    expect(bodies.every(({ wait }) => !wait)).toBe(true);
  });

  it('asks one full batch of each replica by default, one that was measured on it', async () => {
    const { checks, bodies } = await checked({}, { selfCheck: 'sample' });
    expect(bodies.map(({ nonces }) => nonces.length)).toEqual([32, 32]);
    expect(checks?.map(({ replica }) => replica).sort()).toEqual([5001, 5002]);
    expect(checks?.map(({ nonces }) => nonces.length)).toEqual([32, 32]);
  });

  it('takes the answer of whichever replica got a batch, and does not ask without end', async () => {
    const { checks, bodies, warnings } = await checked({ replicas: ['exact'] }, { selfCheck: 'sample' });
    expect(checks?.map(({ replica }) => replica)).toEqual([5001]);
    expect(bodies.length).toBeLessThanOrEqual(6);
    expect(warnings.join()).toContain("the node's own check asked for 1 of 2 batches");
  });

  it('keeps what each replica says of itself', async () => {
    const { counts, checks } = await checked({ replicas: ['exact', 'unrelated'] });
    const bad = checks?.filter(({ n_mismatch }) => n_mismatch > 0) ?? [];
    expect(new Set(bad.map(({ replica }) => replica))).toEqual(new Set([5002]));
    expect(counts?.n_total).toBe(200);
    expect(counts?.n_mismatch).toBeGreaterThan(60);
    expect(counts?.mismatch_nonces).toHaveLength(counts?.n_mismatch ?? 0);
  });

  it('is taken at its word, which may be a lie', async () => {
    const { counts } = await checked({ replicas: ['lying', 'lying'] });
    expect(counts?.n_mismatch).toBe(0);
  });

  it('waits for each answer where the probe does', async () => {
    const { bodies, counts } = await checked({}, { probe: 'wait' });
    expect(counts?.n_total).toBe(200);
    expect(bodies.every(({ wait }) => wait)).toBe(true);
  });

  it('asks again for a batch that the node forgot', async () => {
    const { counts, bodies } = await checked({
      faults: ({ endpoint, earlier }) =>
        endpoint === '/inference/pow/generate/{request_id}' && earlier === 0 ? { status: 404 } : undefined,
    });
    expect(counts?.n_total).toBe(200);
    expect(bodies).toHaveLength(8);
  });

  it('is none at all where a batch has no result, which costs no more than a warning', async () => {
    const failure = await checked({
      faults: ({ endpoint, body }) =>
        endpoint === '/inference/pow/generate' && (body as { nonces: number[] }).nonces.length === 8
          ? { status: 422, body: '{"detail": "too few"}' }
          : undefined,
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HttpFault);
    expect(selfCheckPhase.consequence(failure as HttpFault)).toEqual({
      warning: expect.stringMatching(/own check gave no result: .*HTTP 422 \(too few\)/),
    });
  });
});
