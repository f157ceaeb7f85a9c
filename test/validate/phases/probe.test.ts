import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WeightMeasured } from '../../../src/chain/weight-measured.js';
import { leasePool } from '../../../src/probe/pool.js';
import type { Observation } from '../../../src/run/observation.js';
import { createRunFolder } from '../../../src/run/write.js';
import type { MlNodeSimulatorOptions } from '../../../src/simulator/mlnode/index.js';
import { planOf, type RunInputs, resolveRun } from '../../../src/validate/inputs.js';
import type { Observed } from '../../../src/validate/observed.js';
import type { ValidateOptions } from '../../../src/validate/options.js';
import { probeNode } from '../../../src/validate/phases/probe.js';
import { selfCheckPhase } from '../../../src/validate/phases/self-check.js';
import { observedBefore } from '../../../src/validate/start-run.js';
import { useTempFolder } from '../../support/temp.js';
import { reference, simulatedNodes, watched } from '../support.js';

const temp = useTempFolder();
const simulate = simulatedNodes();
let runs = 0;

async function probed(
  node: Partial<MlNodeSimulatorOptions>,
  options: Partial<ValidateOptions> = {},
  before: Observation[] = [],
) {
  const simulator = await simulate(node);
  const seen = watched(simulator.url, { skipSelfCheck: true, ...options });
  const { signal, until } = seen.context;
  const inputs = await resolveRun({ ...seen.context.options, reference }, { signal, until });
  const pool = leasePool();
  const { folder, release } = await createRunFolder(temp.path(`run${++runs}`));
  try {
    const earlier = { ...observedBefore(inputs, before) };
    const { observed = {}, failure } = await probeNode({ ...seen.context, inputs, folder, pool }, earlier);
    if (failure !== undefined) throw failure;
    const { observations = [], ...gathered } = observed;
    return { simulator, gathered: { observations, ...gathered }, ...seen };
  } finally {
    await release();
    await pool.release();
  }
}

describe('the plan of a probe', () => {
  it('keeps the order of the reference, in batches of the size that is sent', () => {
    fc.assert(
      fc.property(fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }), (size) => {
        const options = {
          mlnodeUrl: '',
          model: '',
          ...(size !== undefined && { validationBatchSize: size }),
        };
        const { batches, batchSize, sentBatchSize } = planOf({ reference, options });
        expect(sentBatchSize).toBe(size ?? null);
        expect(batchSize).toBe(size ?? 32);
        expect(batches.map(({ start }) => start)).toEqual(batches.map(({ index }) => index * batchSize));
        expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(reference.nonces.length);
      }),
    );
  });

  it('is one batch for a probe of the whole, whatever size is sent', () => {
    const options = { mlnodeUrl: '', model: '', probe: 'whole', validationBatchSize: 32 } as const;
    expect(planOf({ reference, options })).toMatchObject({ batches: [{ count: 200 }], sentBatchSize: 32 });
  });
});

describe('the probe phase', () => {
  it('gathers every nonce once over all replicas', async () => {
    const { gathered, progress } = await probed({});
    expect(gathered.observations.map(({ nonce }) => nonce).sort((a, b) => a - b)).toEqual(
      [...reference.nonces].sort((a, b) => a - b),
    );
    expect(new Set(gathered.observations.map(({ replica }) => replica))).toEqual(new Set([5001, 5002]));
    expect(gathered.unansweredNonces).toEqual([]);
    expect(gathered.isProbeLate).toBe(false);

    expect(progress[0]).toMatchObject({ done: 0, total: 200 });
    const { done, parts = [] } = progress.at(-1) ?? {};
    expect(parts.map(({ name }) => name)).toEqual(['replica 5001', 'replica 5002']);
    expect(parts.reduce((sum, part) => sum + part.done, 0)).toBe(done);
  });

  it('gathers every nonce on every replica where that is asked for', async () => {
    const { gathered } = await probed({}, { coverage: 'every-replica' });
    const seen = new Set(gathered.observations.map(({ nonce, replica }) => `${nonce}/${replica}`));
    expect(seen.size).toBe(400);
    expect(gathered.unansweredNonces).toEqual([]);
  });

  it('does not ask again for what is there', async () => {
    const first = await probed({});
    const kept = first.gathered.observations.filter(({ batch }) => batch < 5);
    const second = await probed({}, {}, kept);
    expect(second.simulator.requests['POST /inference/pow/generate']).toBe(2);
    expect(second.gathered.observations).toHaveLength(200);
  });

  it('keeps what came, and names what did not, when its time is over', async () => {
    const { gathered, warnings, simulator } = await probed(
      { batchTimeMs: 2_000 },
      { validationTimeoutSeconds: 3, skipSelfCheck: false },
    );
    expect(gathered.observations.length).toBeLessThan(200);
    expect(gathered.observations.length + (gathered.unansweredNonces ?? []).length).toBe(200);
    expect(warnings).toContainEqual(expect.stringContaining('--validation-timeout'));
    // Nor is the node asked to check itself, which takes as long again.
    const inputs = { options: { skipSelfCheck: false }, skipsProbe: false } as RunInputs;
    expect(selfCheckPhase.isWanted(inputs, gathered as Observed)).toBe(false);
    expect(simulator.requests['POST /inference/pow/generate']).toBeLessThanOrEqual(7);
  });

  it('counts nothing as answered where nobody tells which replicas there are', async () => {
    const { gathered } = await probed(
      {
        faults: ({ endpoint }) => (endpoint === '/inference/pow/status' ? { delayMs: 60_000 } : undefined),
      },
      { validationTimeoutSeconds: 0.3, coverage: 'every-replica' },
    );
    expect(gathered.unansweredNonces).toEqual(reference.nonces);
  });

  it('leaves a batch that fails for good unanswered, and goes on with the others', async () => {
    const { gathered, warnings } = await probed({
      faults: ({ endpoint, body }) =>
        endpoint === '/inference/pow/generate' && (body as { nonces: number[] }).nonces.length === 8
          ? { body: () => ({ status: 'completed' }) }
          : undefined,
    });
    expect(gathered.observations).toHaveLength(192);
    expect(gathered.unansweredNonces).toEqual(reference.nonces.slice(192));
    expect(warnings).toContainEqual(expect.stringContaining('a batch was not answered'));
  });

  it('ignores vectors that nobody asked for, with a warning', async () => {
    const { gathered, warnings } = await probed({
      faults: ({ endpoint }) =>
        endpoint === '/inference/pow/generate/{request_id}'
          ? { body: (answer) => withStranger(answer) }
          : undefined,
    });
    expect(gathered.observations).toHaveLength(200);
    expect(warnings).toEqual([expect.stringMatching(/answered with 7 vectors .*not asked for/)]);
  });

  it('ends where no replica is in rotation', async () => {
    await expect(probed({ up: false })).rejects.toThrow('NO_BACKENDS');
  });
});

function withStranger(answer: unknown): unknown {
  const { artifacts, ...rest } = answer as { artifacts?: object[] };
  return { ...rest, ...(artifacts && { artifacts: [...artifacts, { nonce: 987_654, vector_b64: 'AAAA' }] }) };
}

describe('a PoC', () => {
  const until = (count: number) => {
    let asked = 0;
    return { whyNot: async () => (asked++ < count ? null : 'the network is in phase PoCGenerate') };
  };

  it('that goes on leaves the node alone', async () => {
    const { simulator } = await refused({}, { weightGuard: until(0) });
    expect(simulator.requests['POST /inference/pow/generate']).toBeUndefined();
  });

  it('that begins ends the probe at the end of a batch, and what was measured stays', async () => {
    const { seen } = await refused({ batchTimeMs: 20 }, { weightGuard: until(3) });
    expect(seen).toBeGreaterThan(0);
    expect(seen).toBeLessThan(reference.nonces.length);
  });

  it('that begins in the middle of a batch is noticed as well', async () => {
    const { seen } = await refused({ batchTimeMs: 60_000 }, { weightGuard: until(1) });
    expect(seen).toBe(0);
  });
});

/** A probe that is ended by the moment, with what it found. */
async function refused(node: Partial<MlNodeSimulatorOptions>, options: Partial<ValidateOptions>) {
  const simulator = await simulate(node);
  const seen = watched(simulator.url, options);
  const { signal, until } = seen.context;
  const inputs = await resolveRun({ ...seen.context.options, reference }, { signal, until });
  const { folder, release } = await createRunFolder(temp.path(`run${++runs}`));
  const pool = leasePool();
  try {
    const { observed, failure } = await probeNode(
      { ...seen.context, inputs, folder, pool },
      observedBefore(inputs, []),
    );
    expect(failure).toBeInstanceOf(WeightMeasured);
    expect(String(failure)).toContain('no probe now: the network is in phase PoCGenerate');
    return { simulator, seen: observed?.observations?.length };
  } finally {
    await release();
    await pool.release();
  }
}
