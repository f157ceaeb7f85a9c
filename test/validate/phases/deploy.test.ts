import { describe, expect, it } from 'vitest';
import type { MlNodeSimulatorOptions, SimulatedRequest } from '../../../src/simulator/mlnode/index.js';
import type { ValidateOptions } from '../../../src/validate/options.js';
import { deploy, promisedByStart } from '../../../src/validate/phases/deploy.js';
import { preflight } from '../../../src/validate/phases/preflight.js';
import { useTempFolder } from '../../support/temp.js';
import { MODEL, simulatedNodes, watched } from '../support.js';

const temp = useTempFolder();
const simulate = simulatedNodes();
const START = 'POST /inference/up/async';

const args = ['--tensor-parallel-size', '4', '--trust-remote-code'];
const given = args.map((value) => ({ value, source: 'flag' }));

/** Preflight and deploy of a node, and what they said. */
async function deployed(node: MlNodeSimulatorOptions | object, options: Partial<ValidateOptions> = {}) {
  const simulator = await simulate({ up: false, gpuCount: 8, ...node });
  const seen = watched(simulator.url, { deployArgs: given, ...options });
  const { report: found, promised } = await preflight(seen.context, temp.path('run'));
  return {
    simulator,
    ...seen,
    deploying: deploy(seen.context, found, promisedByStart(seen.context, found, promised)),
  };
}

describe('the deploy phase', () => {
  it('starts a model that is down, and waits for as many replicas as the GPUs hold', async () => {
    const { simulator, deploying, progress } = await deployed({
      faults: ({ endpoint, earlier }: SimulatedRequest) =>
        endpoint === '/inference/up/status' && earlier === 0
          ? { body: () => ({ status: 'in_progress', is_running: false }) }
          : undefined,
    });
    expect(await deploying).toMatchObject({ action: 'started', note: null });
    expect(simulator.running).toMatchObject({ model: MODEL, args });
    expect(simulator.backends).toEqual([5001, 5002]);
    expect(progress.map(({ unit }) => unit)).toContain('s');
  });

  it('applies nothing to a model that is up, and says so', async () => {
    const { simulator, deploying, warnings } = await deployed({ up: true });
    expect(await deploying).toMatchObject({
      action: 'already_running',
      note: expect.stringContaining('were not applied'),
    });
    expect(simulator.requests[START]).toBeUndefined();
    expect(warnings).toContainEqual(expect.stringContaining('were not applied'));
  });

  it('takes no arguments from anywhere that nobody named', async () => {
    const simulator = await simulate({ up: false });
    const { context } = watched(simulator.url);
    const { report: found, promised } = await preflight(context, temp.path('run'));
    await expect(deploy(context, found, promisedByStart(context, found, promised))).rejects.toMatchObject({
      message: expect.stringContaining('no deploy arguments were given'),
      advice: expect.stringMatching(/--node-config.*--gpu.*--deploy-args-from-reference/),
    });
    expect(simulator.requests[START]).toBeUndefined();
  });

  it('joins a start that is under way', async () => {
    const simulator = await simulate({ up: false, gpuCount: 8, loadTimeMs: 300 });
    const seen = watched(simulator.url, { deployArgs: given });
    const { report: found, promised } = await preflight(seen.context, temp.path('run'));
    await seen.context.node.startModel(MODEL, 'auto', args);
    expect(await deploy(seen.context, found, promisedByStart(seen.context, found, promised))).toMatchObject({
      action: 'started',
    });
  });

  it('does not fight for a node that another service holds', async () => {
    const simulator = await simulate({ up: false });
    const seen = watched(simulator.url, { deployArgs: given });
    const { report: found, promised } = await preflight(seen.context, temp.path('run'));
    simulator.setService('TRAIN');
    await expect(deploy(seen.context, found, promisedByStart(seen.context, found, promised))).rejects.toThrow(
      /another service uses the node: .*TRAIN/,
    );
  });
});

describe('a start that fails', () => {
  it('is told in the words of the node', async () => {
    const { deploying } = await deployed({ startFailure: { error: 'CUDA out of memory' } });
    await expect(deploying).rejects.toThrow('the model did not start: CUDA out of memory');
  });

  it('is seen in a node that stops answering', async () => {
    const { deploying } = await deployed({
      loadTimeMs: 1000,
      startFailure: { error: 'x', shownMs: 0, downMs: 60_000 },
    });
    await expect(deploying).rejects.toThrow('stopped answering during the start');
  });

  it('is seen in a node that came back without it', async () => {
    const { deploying } = await deployed({
      loadTimeMs: 1000,
      startFailure: { error: 'x', shownMs: 0, downMs: 0 },
    });
    await expect(deploying).rejects.toThrow('fell back to not_started');
  });

  it('is seen in a model that came up and died', async () => {
    const simulator = await simulate({ up: false, gpuCount: 8 });
    const seen = watched(simulator.url, { deployArgs: given });
    const { report: found, promised } = await preflight(seen.context, temp.path('run'));
    simulator.faults = ({ endpoint }) =>
      endpoint === '/inference/up/status'
        ? { body: () => ({ status: 'completed', is_running: false }) }
        : undefined;
    await expect(deploy(seen.context, found, promisedByStart(seen.context, found, promised))).rejects.toThrow(
      'it started and died',
    );
  });

  it('is told when its time is over', async () => {
    const { deploying } = await deployed({ loadTimeMs: 60_000 }, { deployTimeoutSeconds: 0.3 });
    await expect(deploying).rejects.toMatchObject({
      message: 'the model is not up after 0.3 s',
      advice: expect.stringContaining('the start continues'),
    });
  });

  it('is none with a replica too few, of which the verdict tells', async () => {
    const { deploying } = await deployed({ joinIntervalMs: 60_000 }, { deployTimeoutSeconds: 0.5 });
    expect(await deploying).toMatchObject({ action: 'started' });
  });
});
