import { afterAll, describe, expect, it } from 'vitest';
import { leasePool } from '../../src/probe/pool.js';
import type { ValidateReport } from '../../src/run/report.js';
import type { MlNodeSimulator, MlNodeSimulatorOptions } from '../../src/simulator/mlnode/index.js';
import type { ValidateOptions } from '../../src/validate/options.js';
import { rejudge } from '../../src/validate/rejudge.js';
import { readSavedRun } from '../../src/validate/saved-run.js';
import { validateNode } from '../../src/validate/validate-node.js';
import { head } from '../support/golden.js';
import { useTempFolder } from '../support/temp.js';
import { MODEL, reference, simulatedNodes } from './support.js';

const temp = useTempFolder();
const simulate = simulatedNodes();
// One pool for all runs: threads need not start again for each.
const pool = leasePool();
afterAll(() => pool.release());
let runs = 0;

/** Validates a simulated node over real sockets; what is judged again from its folder comes to the same. */
async function validated(
  node: Partial<MlNodeSimulatorOptions>,
  options: Partial<ValidateOptions> = {},
  before: (simulator: MlNodeSimulator) => void = () => {},
  atProbe: (simulator: MlNodeSimulator) => void = () => {},
): Promise<{ report: ValidateReport; simulator: MlNodeSimulator }> {
  const simulator = await simulate({ batchTimeMs: 20, healthIntervalMs: 20, ...node });
  before(simulator);
  const { report, folder } = await validateNode(
    {
      mlnodeUrl: simulator.url,
      model: MODEL,
      reference,
      expDir: temp.path(`run${++runs}`),
      patience: 0.05,
      skipThroughput: true,
      ...options,
    },
    { events: { phase: (phase) => phase === 'probe' && atProbe(simulator) } },
  );
  const again = rejudge(await readSavedRun(folder), {
    thresholds: {},
    strict: options.strict,
  });
  // A part of a reference has no file to be read back from.
  if (report.validation !== null && options.reference === undefined) {
    expect(again.validation?.replicas_tested).toEqual(report.validation.replicas_tested);
    expect(again.verdict).toBe(report.verdict);
  }
  return { report, simulator };
}

const asked = ({ requests }: MlNodeSimulator) => requests['POST /inference/pow/generate'] ?? 0;
const codes = ({ warning_details }: ValidateReport) => warning_details?.map(({ code }) => code);
const exact = (replicas: number) => Array<'exact'>(replicas).fill('exact');

describe('every replica in rotation is tested', () => {
  it('also eight of them, four of which are wrong, with a reference of one batch', async () => {
    const { report } = await validated(
      { replicas: [0, 1, 2, 3].flatMap(() => ['exact', 'unrelated'] as const) },
      { reference: head(reference, 32) },
    );
    expect(report).toMatchObject({ verdict: 'FAIL', exit_code: 2 });
    expect(report.verdict_reason).toContain('; 8 of 8 replicas tested');
    expect(report.validation?.replicas.map(({ port, fraud_detected }) => [port, fraud_detected])).toEqual(
      [5001, 5002, 5003, 5004, 5005, 5006, 5007, 5008].map((port) => [port, port % 2 === 0]),
    );
    expect(report.validation?.response.n_total).toBe(32);
  });

  it('also eight of them with seven batches, of which one is no full one', async () => {
    const { report, simulator } = await validated({ replicas: exact(8) }, { skipSelfCheck: true });
    expect(report.verdict).toBe('PASS');
    expect(report.validation?.replicas_tested).toMatchObject({ in_rotation: 8, tested: 8 });
    expect(report.validation?.response.n_total).toBe(200);
    expect(asked(simulator)).toBeLessThanOrEqual(17);
  });

  it('also one that joins while the others are asked', async () => {
    const { report } = await validated(
      { replicas: ['exact', 'unrelated'], batchTimeMs: 60 },
      {},
      (simulator) => {
        simulator.setReplicaHealthy(5002, false);
      },
      (simulator) => setTimeout(() => simulator.setReplicaHealthy(5002, true), 150),
    );
    expect(report).toMatchObject({ verdict: 'FAIL', exit_code: 2 });
    expect(report.verdict_reason).toContain('replica 5002');
    expect(report.verdict_reason).toContain('; 2 of 2 replicas tested');
  });

  it('with every nonce on it, too, where it joins late and each replica is asked all of them', async () => {
    const { report, simulator } = await validated(
      { replicas: ['exact', 'unrelated'], batchTimeMs: 40 },
      { coverage: 'every-replica', skipSelfCheck: true },
      (node) => {
        node.setReplicaHealthy(5002, false);
      },
      (node) => setTimeout(() => node.setReplicaHealthy(5002, true), 200),
    );
    expect(report.validation?.replicas.map(({ n_total }) => n_total)).toEqual([200, 200]);
    expect(report).toMatchObject({ verdict: 'FAIL', exit_code: 2 });
    // It is waited for by looking; once it is there, the node gives every second request to the other one.
    expect(asked(simulator)).toBeLessThanOrEqual(30);
  });

  it('or the verdict says which was not: one that is out of rotation from the first batch on', async () => {
    const { report, simulator } = await validated({ replicas: exact(2) }, {}, undefined, (node) =>
      setImmediate(() => node.setReplicaHealthy(5002, false)),
    );
    expect(report).toMatchObject({ verdict: 'INCOMPLETE', exit_code: 1 });
    expect(report.verdict_reason).toMatch(/replica 5002 answered nothing.*1 of 2 replicas tested/);
    expect(codes(report)).toContain('replica_left');
    expect(asked(simulator)).toBeLessThanOrEqual(21);
  });

  it('or which lost all that it was asked, though others computed it', async () => {
    const { report } = await validated({
      replicas: exact(2),
      faults: ({ endpoint, path }) =>
        endpoint === '/inference/pow/generate/{request_id}' && path.includes('5002:')
          ? { status: 404 }
          : undefined,
    });
    expect(report).toMatchObject({ verdict: 'INCOMPLETE', exit_code: 1 });
    expect(report.validation?.response).toMatchObject({ n_total: 200, n_mismatch: 0 });
    expect(report.validation?.replicas_tested).toMatchObject({ tested: 1, not_tested: [5002] });
    expect(codes(report)).toContain('replica_error');
  });

  it.each([
    ['and is a warning where it left the rotation after its answers', false],
    ['and is none where it came back', true],
  ])('%s', async (_, comesBack) => {
    let [answers, looks] = [0, 0];
    const { report } = await validated(
      {
        replicas: exact(2),
        faults: ({ endpoint, path }) => {
          if (endpoint === '/inference/pow/generate/{request_id}' && path.includes('5002:')) {
            return {
              body: (answer) => {
                if ((answer as { status: string }).status === 'completed') answers++;
                return answer;
              },
            };
          }
          if (endpoint !== '/inference/pow/status' || answers === 0) return undefined;
          if (comesBack && ++looks > 3) return undefined;
          return {
            body: (answer) => {
              const { backends, ...rest } = answer as { backends: { port: number }[] };
              return { ...rest, backends: backends.filter(({ port }) => port !== 5002) };
            },
          };
        },
      },
      { skipSelfCheck: true },
    );
    expect(report).toMatchObject({ verdict: 'PASS', exit_code: 0 });
    expect(report.validation?.replicas_tested).toMatchObject({ in_rotation: 2, tested: 2 });
    expect(codes(report)?.includes('replica_left')).toBe(!comesBack);
  });

  it('by what it leaves out as well', async () => {
    const { report } = await validated({ replicas: ['exact', 'dropping'] }, { strict: false });
    expect(report.validation?.replicas_tested).toMatchObject({ in_rotation: 2, tested: 2 });
  });

  it('and is no more than a warning where nonces are only spread', async () => {
    const { report } = await validated(
      { replicas: exact(8) },
      { coverage: 'spread', reference: head(reference, 32), skipSelfCheck: true },
    );
    expect(report).toMatchObject({ verdict: 'PASS', exit_code: 0 });
    expect(codes(report)).toContain('replicas_not_tested');
    expect(report.verdict_reason).toContain('; 1 of 8 replicas tested');
  });

  it('and its own word is held against no other replica, where answers name none', async () => {
    const { report } = await validated(
      { replicas: ['exact', 'unrelated'] },
      { reference: head(reference, 32), probe: 'wait' },
    );
    expect(codes(report)).not.toContain('self_report_contradicts');
    expect(report.validation?.node_self_check?.note).toContain('which replica it checked is not known');
  });

  it('or are not known, where the requests wait', async () => {
    const { report } = await validated({ replicas: exact(2) }, { probe: 'wait' });
    expect(report.warnings.join()).toMatch(
      /2 replicas in rotation.*not known which replica|in rotation and not tested/,
    );
    expect(report.exit_code).toBe(0);
  });
});

describe('what a node promises', () => {
  it('is half there: a warning, FAIL when strict', async () => {
    const half = { replicas: exact(1), gpuCount: 4 };
    const { report } = await validated(half, { expectReplicas: 2 });
    expect(report).toMatchObject({ verdict: 'PASS', exit_code: 0 });
    expect(codes(report)).toContain('replicas_missing');
    expect(report.validation?.replicas_tested).toMatchObject({ expected: 2, in_rotation: 1, tested: 1 });
    const strict = await validated(half, { expectReplicas: 2, strict: true });
    expect(strict.report).toMatchObject({ verdict: 'FAIL', exit_code: 2 });
  });

  it('follows from the GPUs that are available and the arguments that the node is listed with', async () => {
    const { report } = await validated(
      {
        replicas: exact(1),
        gpuCount: 8,
        args: ['--tensor-parallel-size', '8'],
        faults: ({ endpoint }) =>
          endpoint === '/gpu/devices'
            ? {
                body: (answer) => {
                  const { devices, count } = answer as { devices: object[]; count: number };
                  const lost = { is_available: false, error_message: 'GPU is lost' };
                  return { devices: devices.map((one, i) => (i === 3 ? { ...one, ...lost } : one)), count };
                },
              }
            : undefined,
      },
      { nodeArgs: ['--tensor-parallel-size', '4'] },
    );
    expect(report.preflight?.gpus).toEqual([{ name: 'NVIDIA B200', count: 7 }]);
    expect(report.preflight?.gpus_not_available).toEqual([
      { index: 3, name: 'NVIDIA B200', message: 'GPU is lost' },
    ]);
    expect(report.warnings.join()).toContain('GPU 3 (NVIDIA B200) is not available: GPU is lost');
    // Seven GPUs hold one replica of four: it is there.
    expect(report.validation?.replicas_tested).toMatchObject({ expected: 1, tested: 1 });
  });
});

describe('an engine that stands still', () => {
  it('ends the probe, and leaves the verdict on what was measured', async () => {
    const { report } = await validated(
      {
        replicas: exact(2),
        faults: ({ endpoint, path }) =>
          endpoint === '/inference/pow/generate/{request_id}' && path.includes('5002:')
            ? { body: () => ({ status: 'running' }) }
            : undefined,
      },
      { patience: 0.05, validationTimeoutSeconds: 60 },
    );
    expect(report).toMatchObject({ verdict: 'INCOMPLETE', exit_code: 1 });
    expect(report.verdict_reason).toContain('the engine of replica 5002 stands still');
    expect(report.validation?.diagnosis.map(({ code }) => code)).toContain('engine_stands_still');
    expect(report.validation?.node_self_check).toBeNull();
  });

  it('does not undo what was measured as fraud before its own check', async () => {
    const { report } = await validated({
      replicas: ['unrelated', 'unrelated'],
      faults: ({ endpoint, body }) =>
        endpoint === '/inference/pow/generate' && (body as { validation?: object }).validation !== undefined
          ? { hang: true }
          : undefined,
    });
    expect(report).toMatchObject({ verdict: 'FAIL', exit_code: 2 });
    expect(report.validation?.node_self_check).toBeNull();
  });
});
