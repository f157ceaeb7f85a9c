import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type MlNodeSimulator,
  type MlNodeSimulatorOptions,
  type ProfileName,
  startMlNodeSimulator,
} from '../../../src/simulator/mlnode/index.js';
import { assayHere } from '../../support/assay.js';
import { useTempFolder } from '../../support/temp.js';

const MODEL = 'example/decoding-model';
/** A finished check, and the nonces that it was asked for. */
type Answer = { nonces: number[]; n_total?: number; per_nonce?: object[] };
const TAU = ['--threshold', '0.025', '--p-mismatch', '0.003', '--fraud-threshold', '0.01'];
const folders = useTempFolder();
const nodes: MlNodeSimulator[] = [];
let trusted: MlNodeSimulator;
let reference: string;

async function start(...replicas: ProfileName[]): Promise<MlNodeSimulator> {
  return startWith({ replicas });
}

async function startWith(more: Partial<MlNodeSimulatorOptions>): Promise<MlNodeSimulator> {
  const node = await startMlNodeSimulator({
    replicas: ['decode'],
    model: MODEL,
    golden: [],
    batchTimeMs: 1,
    ...more,
  });
  nodes.push(node);
  return node;
}

beforeAll(async () => {
  trusted = await start('decode');
  reference = folders.path('decode.json');
  const args = ['record', '--mlnode-url', trusted.url, '--model', MODEL, '--scheme', 'decode'];
  const recorded = await assayHere([...args, '--num-nonces', '64', '--max-tokens', '64', '--out', reference]);
  expect(recorded.exitCode).toBe(0);
});
afterAll(() => Promise.all(nodes.map((node) => node.close())));

async function validate(node: MlNodeSimulator, name: string, ...more: string[]) {
  const dir = folders.path(name);
  const own = more.includes('--reference') ? [] : ['--reference', reference];
  const args = ['validate', '--mlnode-url', node.url, '--model', MODEL, ...own, ...TAU];
  const ended = await assayHere([...args, '--skip-throughput', '--quiet', '--exp-dir', dir, ...more]);
  const text = await readFile(join(dir, 'validate_report.json'), 'utf8');
  return { ...ended, report: JSON.parse(text), dir };
}

describe('a validation in the decode scheme', () => {
  it('passes an honest node of other hardware by a trusted engine, and is judged again the same', async () => {
    const { exitCode, report, dir } = await validate(
      await start('decode-hardware', 'decode-hardware'),
      'honest',
      '--trusted-url',
      trusted.url,
    );
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({
      verdict: 'PASS',
      validation: {
        response: { n_total: 64, n_mismatch: 0 },
        decode: { judged_by: 'trusted_engine', tau: 0.025 },
      },
    });
    expect(report.validation.decode.chains.equal).toBeLessThan(64);
    const judged = await assayHere(['judge', dir, '--json']);
    expect(JSON.parse(judged.stdout)).toMatchObject({
      verdict: 'PASS',
      verdict_reason: report.verdict_reason,
    });
    const { equal, first_divergence: steps } = report.validation.decode.chains;
    const junit = await assayHere(['report', dir, '--format', 'junit']);
    expect(junit.stdout).toContain(
      `${equal} of 64 chains equal the reference in full; the others part at step ${steps.min} to ${steps.max}`,
    );
    const html = await assayHere(['report', dir, '--format', 'html']);
    expect(html.stdout).toMatch(new RegExp(`Chains equal to the reference.*>${equal} of 64<`));
    expect(html.stdout).not.toMatch(/L2 (distance|mean)/);
    const markdown = await assayHere(['report', dir, '--format', 'markdown']);
    expect(markdown.stdout).toContain(`| ${equal} / 64`);
    expect(markdown.stdout).not.toContain('L2 mean');
  });

  it('names the replica whose chains an engine finds too far', async () => {
    const node = await start('decode-hardware', 'decode-int4');
    const { exitCode, stdout } = await validate(node, 'int4', '--trusted-url', trusted.url);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/by the trusted engine's check: .*all on replica 5002/);
  });

  it('passes with a warning at best where only the node itself was asked', async () => {
    const node = await start('decode-hardware');
    const own = await validate(node, 'own');
    expect(own.stdout).toContain('PASS WITH WARNINGS');
    expect(own.report.validation.decode.judged_by).toBe('own_check');
    const again = await assayHere(['judge', own.dir, '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({
      verdict: 'PASS',
      verdict_reason: own.report.verdict_reason,
    });
    expect((await validate(node, 'own-strict', '--strict')).exitCode).toBe(2);
    const none = await validate(node, 'none', '--no-self-check');
    expect(none).toMatchObject({ exitCode: 1, report: { verdict: 'INCOMPLETE' } });
  });

  it('does not believe a check that clears chains which share nothing with the reference', async () => {
    const node = await start('decode-lying');
    const own = await validate(node, 'lying');
    expect(own).toMatchObject({ exitCode: 1, report: { verdict: 'INCOMPLETE' } });
    expect(own.report.verdict_reason).toMatch(
      /clears chains that it cannot have computed: the chains of rep/,
    );
    expect(own.report.validation.decode.judged_by).toBeNull();
    expect(own.report.validation.response.n_total).toBe(0);
    expect(own.report.validation.network_view).toBeUndefined();
    const again = await assayHere(['judge', own.dir, '--json']);
    expect(JSON.parse(again.stdout).verdict_reason).toBe(own.report.verdict_reason);
    expect((await validate(node, 'lying-trusted', '--trusted-url', trusted.url)).exitCode).toBe(2);
  });

  it("counts the node's own check for the replica that gave it", async () => {
    const node = await start('decode-hardware', 'decode-unrelated');
    const { report } = await validate(node, 'own-replicas', '--coverage', 'every-replica');
    expect(report.verdict).toBe('FAIL');
    expect(report.validation.replicas).toMatchObject([
      { port: 5001, n_total: 64, n_mismatch: 0 },
      { port: 5002, n_total: 64, n_mismatch: 64 },
    ]);
    // It is the verdict, so that it does not agree with a measurement.
    expect(report.validation.node_self_check.agrees).toBeNull();
  });

  it('judges a run again at another tau by its margins, and not where there are none', async () => {
    const runs = [
      await validate(await start('decode-hardware'), 'margins', '--trusted-url', trusted.url),
      await validate(await start('decode-pooled'), 'no-margins'),
    ];
    const judged = await Promise.all(
      runs.map(({ dir }) => assayHere(['judge', dir, '--threshold', '0.0001', '--json'])),
    );
    const [margins, none] = judged.map(({ stdout }) => JSON.parse(stdout));
    expect(margins).toMatchObject({ verdict: 'FAIL', validation: { decode: { tau: 0.0001 } } });
    expect(none.verdict).toBe('INCOMPLETE');
    expect(none.verdict_reason).toContain('64 chains were not tested by the engine');
    expect(new Set(none.warnings).size).toBe(none.warnings.length);
  });

  it('needs tau, which no default of a node tells', async () => {
    const args = ['validate', '--mlnode-url', trusted.url, '--model', MODEL, '--reference', reference];
    const { stderr, exitCode } = await assayHere(args);
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(
        /decode\.json is of the decode scheme and names no dist_threshold, p_mismatch; give --threshold TAU/,
      ),
    ]);
    const shown = await assayHere(['golden', 'show', reference]);
    expect(shown.stdout).toMatch(/^thresholds +not known for its chains/m);
  });

  it.each<[what: string, form: object]>([
    ['scheme', { scheme: 'decode', decode: undefined }],
    ['decode_max_tokens', { decode_max_tokens: 64, max_tokens: undefined, scheme: undefined }],
    [
      'decode_max_tokens alone',
      { decode_max_tokens: 64, max_tokens: undefined, scheme: undefined, decode: undefined },
    ],
  ])('reads a reference of another build, by %s', async (what, form) => {
    const file = JSON.parse(await readFile(reference, 'utf8'));
    const other = await folders.write(`form-${what}.json`, { ...file, ...form });
    const { exitCode, report } = await validate(
      await start('decode-hardware'),
      `form-${what}`,
      ...['--reference', other, '--trusted-url', trusted.url, '--self-check', 'none'],
    );
    expect([exitCode, report.verdict]).toEqual([0, 'PASS']);
    expect(report.config.poc_params).toMatchObject({ decode: true, max_tokens: 64 });
  });

  it.each<[what: string, change: (answer: Answer) => object, exitCode: number, reason: RegExp]>([
    [
      'leaves nonces out',
      ({ nonces, ...answer }) => ({
        ...answer,
        ...{ n_total: nonces.length - 2, n_excluded: 2, excluded_nonces: nonces.slice(0, 2) },
        per_nonce: undefined,
      }),
      1,
      /4 chains were not tested by the engine \(nonce 0, 1, 32, 33\); it says that it left out 4 of them; of the 60 others 0 mismatch/,
    ],
    [
      'counts fewer nonces than it was asked',
      ({ nonces, ...answer }) => ({ ...answer, n_total: nonces.length - 1, per_nonce: undefined }),
      1,
      /64 chains were not tested by the engine/,
    ],
    [
      'speaks of other nonces',
      ({ nonces: _, ...answer }) => ({
        ...answer,
        n_mismatch: 1,
        mismatch_nonces: [4_000],
        per_nonce: undefined,
      }),
      1,
      /the trusted one gave no result/,
    ],
    [
      'calls good what its own margins do not',
      ({ nonces: _, per_nonce = [], ...answer }) => ({
        ...answer,
        ...{ n_mismatch: 0, mismatch_nonces: [] },
        per_nonce: per_nonce.map((one) => ({
          ...one,
          ...{ n_sphere_mismatches: 3, mismatch_margin_max: 1.5, mismatch: false },
        })),
      }),
      2,
      /64 of 64/,
    ],
  ])('does not take for good what a trusted engine says that %s', async (what, change, exitCode, reason) => {
    const odd = await start('decode');
    const asked = new Map<string, number[]>();
    odd.faults = ({ endpoint, body, path }) => {
      if (endpoint === '/inference/pow/generate') {
        const { nonces } = body as { nonces: number[] };
        return {
          body: (answer) => {
            const { request_id } = answer as { request_id?: string };
            if (request_id !== undefined) asked.set(request_id, nonces);
            return answer;
          },
        };
      }
      if (endpoint !== '/inference/pow/generate/{request_id}') return undefined;
      const nonces = asked.get(decodeURIComponent(path.split('/').at(-1) ?? '')) ?? [];
      return {
        body: (answer) =>
          (answer as Answer).n_total === undefined ? answer : change({ ...(answer as Answer), nonces }),
      };
    };
    const node = await start('decode-hardware');
    const args = ['--trusted-url', odd.url, '--self-check', 'none'];
    const ended = await validate(node, `odd-${exitCode}-${what.length}`, ...args);
    expect(ended.report.verdict_reason).toMatch(reason);
    expect(ended.exitCode).toBe(exitCode);
    const again = await assayHere(['judge', ended.dir, '--json']);
    expect(JSON.parse(again.stdout).verdict_reason).toBe(ended.report.verdict_reason);
  });

  it("takes nobody else's word where the trusted engine gives no result", async () => {
    const broken = await start('decode');
    broken.faults = ({ endpoint }) =>
      endpoint === '/inference/pow/generate' ? { status: 500, body: 'out of memory' } : undefined;
    const { exitCode, report } = await validate(
      await start('decode-lying'),
      'broken',
      '--trusted-url',
      broken.url,
    );
    expect([exitCode, report.verdict]).toEqual([1, 'INCOMPLETE']);
    expect(report.verdict_reason).toContain('gave no result');
    // The node answered: nothing else is said of it.
    expect(report.warnings.join()).not.toMatch(/unanswered|not tested/);
    expect(report.warnings.join()).toContain("the trusted engine's check gave no result");
  });

  it("has the chains of every replica checked, and tells where they part from each other's", async () => {
    const node = await start('decode-hardware', 'decode-int4');
    const args = ['--trusted-url', trusted.url, '--coverage', 'every-replica', '--self-check', 'none'];
    const { report, stdout } = await validate(node, 'every-replica', ...args);
    const { decode, replicas } = report.validation;
    const counts = replicas.map(({ port, n_total, n_mismatch }: Record<string, number>) => [
      port,
      n_total,
      n_mismatch,
    ]);
    expect(counts[0]).toEqual([5001, 64, 0]);
    expect(counts[1].slice(0, 2)).toEqual([5002, 64]);
    expect(counts[1][2]).toBeGreaterThan(20);
    expect(decode.replicas).toMatchObject([
      { port: 5001, elsewhere: { compared: 64 } },
      { port: 5002, elsewhere: { compared: 64 } },
    ]);
    expect(decode.places).toHaveLength(32);
    expect(stdout).toMatch(/replica 5002: \d+ of 64 chains equal those of another replica/);
  });

  it('asks fresh nonces in a challenge', async () => {
    const node = await start('decode-unrelated');
    const args = ['--trusted-url', trusted.url, '--challenge', '32'];
    const { exitCode, report } = await validate(node, 'challenge', ...args);
    expect(exitCode).toBe(2);
    expect(report.config.challenge).toMatchObject({ n: 32 });
  });

  it('recognises an older build that counts steps, and one that knows no decoding', async () => {
    const pooled = await validate(await start('decode-pooled'), 'pooled');
    expect(pooled.stdout).toContain('counts steps');
    expect(pooled.report.validation.response.n_total).toBe(64);
    const prefill = await validate(await start('exact'), 'prefill');
    expect(prefill.exitCode).toBe(1);
    expect(prefill.stdout).toContain("the node's build does not know the decode scheme");
  });

  /** A trusted engine that answers a check otherwise. */
  const trustedThat = (change: (answer: Record<string, unknown>, turn: number) => object) => {
    let turn = 0;
    return startWith({
      faults: ({ endpoint, method }) =>
        method === 'GET' && endpoint === '/inference/pow/generate/{request_id}'
          ? {
              body(answer) {
                const checked = answer as Record<string, unknown>;
                return checked['n_total'] === undefined
                  ? checked
                  : { ...checked, ...change(checked, turn++) };
              },
            }
          : undefined,
    });
  };
  const unnamed = { mismatch_nonces: [], per_nonce: [] };

  it.each<[string, Parameters<typeof trustedThat>[0]]>([
    ['counts and names none', () => unnamed],
    ['looked at none', () => ({ n_total: 0, n_mismatch: 0, ...unnamed })],
    [
      'left all of them out',
      ({ n_total }) => ({ n_total: 0, n_mismatch: 0, ...unnamed, n_excluded: n_total }),
    ],
    ['finds absurd numbers', () => ({ n_total: 1e300, n_mismatch: 1e300 })],
    ['names nonces of others', () => ({ n_mismatch: 2, mismatch_nonces: [1e9, 1e9 + 1] })],
    ['fails', () => ({ status: 'failed', error: 'engine dead' })],
    ['speaks of one batch only', (_answer, turn) => (turn === 0 ? {} : { status: 'failed', error: 'dead' })],
  ])('passes no node by a trusted engine that %s', async (what, change) => {
    const node = await start('decode-hardware', 'decode-unrelated');
    const { url } = await trustedThat(change);
    const args = ['--trusted-url', url, '--coverage', what.startsWith('s') ? 'every-replica' : 'auto'];
    const { exitCode, report } = await validate(node, what, ...args);
    expect(report.verdict, report.verdict_reason).not.toBe('PASS');
    expect(exitCode).not.toBe(0);
  });

  it('is incomplete where the trusted engine is away, whatever the node says of itself', async () => {
    const node = await start('decode-lying');
    const { exitCode, report } = await validate(node, 'away', '--trusted-url', 'http://127.0.0.1:9');
    expect(exitCode).toBe(1);
    expect(report.warnings.join()).toContain("the trusted engine's check gave no result");
  });

  it('has chains judged by replica where every replica is asked', async () => {
    const node = await start('decode-hardware', 'decode-unrelated');
    const args = ['--trusted-url', trusted.url, '--coverage', 'every-replica'];
    const { exitCode, report } = await validate(node, 'every', ...args);
    expect(exitCode).toBe(2);
    expect(report.validation.replicas).toMatchObject([
      { port: 5001, n_total: 64, n_mismatch: 0 },
      { port: 5002, n_total: 64, n_mismatch: 64 },
    ]);
    const asked = report.validation.decode.trusted_check.flatMap(
      ({ replicas }: { replicas: number[] }) => replicas,
    );
    expect(new Set(asked)).toEqual(new Set([5001, 5002]));
  });
});
