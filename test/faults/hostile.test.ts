import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { findGolden } from '../../src/golden/catalog.js';
import { leasePool } from '../../src/probe/pool.js';
import { renderers } from '../../src/report/renderers.js';
import { readRun } from '../../src/run/read.js';
import type { ValidateReport } from '../../src/run/report.js';
import { encodeVector } from '../../src/schemes/half-base64.js';
import type { Fault, SimulatedRequest } from '../../src/simulator/mlnode/faults.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import type { Profile } from '../../src/simulator/mlnode/profiles/profile.js';
import type { ValidateOptions } from '../../src/validate/options.js';
import { validateNode } from '../../src/validate/validate-node.js';
import { head } from '../support/golden.js';
import { useTempFolder } from '../support/temp.js';

const golden = head(await findGolden('moonshotai/Kimi-K2.6'), 96);
const folders = useTempFolder();
let node: MlNodeSimulator | undefined;
afterEach(() => node?.close());
// One pool for all runs: threads need not start again for each.
const pool = leasePool();
afterAll(() => pool.release());
let runs = 0;

const ASK = '/inference/pow/generate';
const LOOK = '/inference/pow/generate/{request_id}';

/** Validates a node that answers dishonestly; reads the run back, and renders it in every form. */
async function validate(
  hostile: { profile?: Profile; faults?: (request: SimulatedRequest) => Fault | undefined; queues?: boolean },
  options: Partial<ValidateOptions> = {},
): Promise<{ report: ValidateReport; paths: string[]; texts: string[] }> {
  const { profile = { summary: 'exact' }, faults, queues = true } = hostile;
  const paths: string[] = [];
  node = await startMlNodeSimulator({
    replicas: [profile, profile],
    golden,
    batchTimeMs: 1,
    queues,
    faults(request) {
      paths.push(request.path);
      return faults?.(request);
    },
  });
  const { report, folder } = await validateNode({
    mlnodeUrl: node.url,
    model: golden.file.model,
    reference: golden,
    expDir: folders.path(`run${++runs}`),
    patience: 0.02,
    skipThroughput: true,
    skipSelfCheck: true,
    ...options,
  });
  // Whatever was measured, the run can be read back: the schemas take it.
  const run = await readRun(folder);
  expect(run.report).toEqual(JSON.parse(JSON.stringify(report)));
  const texts = await Promise.all(Object.values(renderers).map((render) => render(run)));
  expect({}).not.toHaveProperty('poisoned');
  return { report, paths, texts };
}

function vectorsOf(compute: (exact: ArrayLike<number>, nonce: number) => ArrayLike<number> | null): Profile {
  return { summary: 'hostile', compute: ({ exact, nonce }) => compute(exact, nonce) };
}

type Artifacts = { nonce: unknown; vector_b64: unknown }[];

/** Changes the artifacts of each complete answer. */
function artifacts(change: (artifacts: Artifacts) => unknown) {
  return ({ endpoint }: SimulatedRequest): Fault | undefined =>
    endpoint === LOOK
      ? {
          body(answer) {
            const body = answer as { status: string; artifacts: Artifacts };
            return body.status === 'completed' ? { ...body, artifacts: change(body.artifacts) } : body;
          },
        }
      : undefined;
}

describe('vectors that no honest node computes', () => {
  const filled = (value: number) => vectorsOf((exact) => new Float64Array(exact.length).fill(value));
  const shifted = (by: number): Profile => ({
    summary: 'vectors of other nonces',
    compute: ({ golden: table, inputs, nonce }) =>
      table.vector(inputs, golden.nonces[(golden.nonces.indexOf(nonce) + by) % 96] as number) ?? null,
  });
  const encoded = (encode: (vector: ArrayLike<number>) => string): Profile => ({
    summary: 'hostile',
    encode: (vector, nonce) => ({ nonce, vector_b64: encode(vector) }),
  });

  it.each<[string, Profile, string]>([
    ['NaN', filled(Number.NaN), 'non_finite'],
    ['infinities', filled(Number.POSITIVE_INFINITY), 'non_finite'],
    ['subnormal numbers', filled(2 ** -24), 'distance'],
    ['zeros', filled(0), 'distance'],
    ['the same vector for all', vectorsOf(() => golden.vectors.data.slice(0, 12)), 'distance'],
    ["the reference's vectors for other nonces", shifted(1), 'distance'],
    ['a number too few', encoded((vector) => encodeVector(Array.from(vector).slice(1))), 'dimension'],
    ['an odd number of bytes', encoded(() => Buffer.alloc(25).toString('base64')), 'dimension'],
    ['base64 of an odd length', encoded((vector) => encodeVector(vector).slice(1)), 'undecodable'],
    ['base64 without its padding', encoded(() => 'AAAA'.repeat(7).concat('AA')), 'undecodable'],
    ['ten thousand numbers', encoded(() => encodeVector(new Float64Array(10_000))), 'dimension'],
    ['nothing', encoded(() => ''), 'dimension'],
    ['what is no base64', encoded(() => '<script>alert(1)</script>'), 'undecodable'],
    ['base64 with a line end', encoded((vector) => `${encodeVector(vector)}\n`), 'undecodable'],
  ])('are fraud: %s', async (_what, profile, why) => {
    const { report, texts } = await validate({ profile });
    expect(report).toMatchObject({ verdict: 'FAIL', exit_code: 2 });
    const reasons = report.validation?.mismatches.map((mismatch) => mismatch.why);
    expect(reasons?.filter((reason) => reason === why).length).toBeGreaterThanOrEqual(95);
    for (const text of texts) expect(text).not.toContain('<script>alert');
  });

  it.each<[string, (artifacts: Artifacts) => unknown, string]>([
    ['left out', () => [], 'missing'],
    ['of nonces that nobody asked for', (all) => all.map((one) => ({ ...one, nonce: 1e9 })), 'missing'],
    [
      'two for a nonce',
      (all) => [...all, ...all.map((one) => ({ ...one, vector_b64: `A${String(one.vector_b64).slice(1)}` }))],
      'conflicting',
    ],
    ['no text', (all) => all.map((one) => ({ ...one, vector_b64: { toString: 'x' } })), 'undecodable'],
    ['a number', (all) => all.map((one) => ({ ...one, vector_b64: 7 })), 'undecodable'],
  ])('are fraud: %s', async (_what, change, why) => {
    const { report } = await validate({ faults: artifacts(change) });
    expect(report.verdict).toBe('FAIL');
    expect(new Set(report.validation?.mismatches.map((mismatch) => mismatch.why))).toEqual(new Set([why]));
  });

  it('are no matter where they come on top of the right ones', async () => {
    const { report } = await validate({
      faults: artifacts((all) => [...all, ...all, { nonce: 1e9, vector_b64: all[0]?.vector_b64 }]),
    });
    expect(report).toMatchObject({
      verdict: 'PASS',
      validation: { response: { n_total: 96, n_mismatch: 0 } },
    });
    expect(report.warnings.join()).toContain('3 vectors for nonces that were not asked for');
  });
});

describe('answers that are not of the protocol', () => {
  const onLook =
    (body: string) =>
    ({ endpoint }: SimulatedRequest) =>
      endpoint === LOOK ? { body } : undefined;

  it.each<[string, (request: SimulatedRequest) => Fault | undefined]>([
    [
      'what the client sent',
      ({ endpoint, body }) => (endpoint === ASK ? { body: JSON.stringify(body) } : undefined),
    ],
    ['nonces as texts', artifacts((all) => all.map((one) => ({ ...one, nonce: String(one.nonce) })))],
    ['a nonce of 1e400', onLook('{"status":"completed","artifacts":[{"nonce":1e400,"vector_b64":""}]}')],
    ['a nonce below zero', onLook('{"status":"completed","artifacts":[{"nonce":-1,"vector_b64":""}]}')],
    ['a state nobody knows', onLook('{"status":"__proto__"}')],
    ['a state of another type', onLook('{"status":{"toString":null}}')],
    ['a list', onLook('[]')],
    ['null', onLook('null')],
    ['artifacts of null', onLook('{"status":"completed","artifacts":[null]}')],
    ['no artifacts', onLook('{"status":"completed","artifacts":null}')],
  ])('lead to no verdict: %s', async (_what, faults) => {
    const { report } = await validate({ faults });
    expect(report).toMatchObject({ verdict: 'INCOMPLETE', exit_code: 1 });
    expect(report.verdict_reason).toMatch(/^no nonce was answered: .*; /);
  });

  it.each([
    '../../x',
    '5001:../admin',
    '5001:..%2fadmin',
    '5001:a/b',
    '5001:a?b=c',
    '5001:a#b',
    'http://127.0.0.2/x',
    '5001:x y',
    '99999:x',
    '5001:',
    '5001:\r\nHost: other',
    '__proto__',
  ])('never become a path: a request id of %j', async (request_id) => {
    const { report, paths } = await validate({
      faults: ({ endpoint }) =>
        endpoint === ASK
          ? { body: JSON.stringify({ status: 'queued', request_id, queued_count: 32 }) }
          : undefined,
    });
    expect(report.verdict_reason).toContain('is no request id');
    const known =
      /^\/health$|^\/api\/v1\/(?:state|gpu\/devices|metrics|inference\/pow\/(?:status|generate))$/;
    expect(paths.filter((path) => !known.test(path))).toEqual([]);
  });

  it('test no replica in rotation where one calls itself otherwise each time', async () => {
    let turn = 0;
    const { report } = await validate({
      queues: false,
      faults: ({ endpoint }) =>
        endpoint === ASK
          ? { body: (answer) => ({ ...(answer as object), request_id: `${6001 + turn++}:x` }) }
          : undefined,
    });
    expect(report).toMatchObject({ verdict: 'INCOMPLETE', exit_code: 1 });
    expect(report.verdict_reason).toMatch(/replica 5001 answered nothing.*; 0 of 2 replicas tested/);
  });

  it('are refused where the node reports on itself', async () => {
    const state =
      (body: string) =>
      ({ endpoint }: SimulatedRequest) =>
        endpoint === '/state' ? { body } : undefined;
    for (const body of ['{"state":1e400}', '{"state":"INFERENCE","version":[]}', '[1]', '"INFERENCE"']) {
      expect((await validate({ faults: state(body) })).report.error).toMatch(/\/state: .*; /);
    }
    const status = await validate({
      faults: ({ endpoint }) =>
        endpoint === '/inference/pow/status'
          ? { body: '{"status":"IDLE","backends":[{"port":"5001","status":"IDLE"}]}' }
          : undefined,
    });
    expect(status.report.error).toContain('/backends/0/port must be integer');
  });

  it('cost the self-check and nothing else, where its counts are no counts', async () => {
    const counts = [
      '"n_total":"32","n_mismatch":0',
      '"n_total":1e400,"n_mismatch":0',
      '"n_total":32,"n_mismatch":-1',
      '"n_mismatch":0',
      // Counts that no loop comes to the end of, and counts of more than was asked.
      '"n_total":1e300,"n_mismatch":1e300',
      '"n_total":9007199254740991,"n_mismatch":0',
      '"n_total":1000000000,"n_mismatch":500000000',
      '"n_total":33,"n_mismatch":0',
      '"n_total":32,"n_mismatch":33',
      `"n_total":32,"n_mismatch":0,"mismatch_nonces":[${'1,'.repeat(40)}1]`,
    ];
    for (const text of counts) {
      const isChecking = ({ endpoint, body }: SimulatedRequest) =>
        endpoint === ASK && (body as { validation?: object }).validation !== undefined;
      const { report } = await validate(
        {
          faults: (request) => (isChecking(request) ? { body: `{"status":"completed",${text}}` } : undefined),
        },
        { skipSelfCheck: false },
      );
      expect(report).toMatchObject({ verdict: 'PASS', validation: { node_self_check: null } });
      expect(report.warnings.join()).toContain("the node's own check gave no result");
    }
  });
});

it.each([1e308, 9e15, 1e15, Number.MAX_SAFE_INTEGER])(
  'keeps its verdict, and a report that can be read, beside a counter of %d',
  async (total) => {
    let turn = 0;
    const { report } = await validate(
      {
        profile: { summary: 'unrelated', compute: ({ exact }) => new Float64Array(exact.length).fill(1) },
        faults: ({ endpoint }) =>
          endpoint === '/inference/pow/status'
            ? {
                body(answer) {
                  const status = answer as { backends: { stats?: object }[] };
                  turn++;
                  for (const replica of status.backends)
                    if (replica.stats) replica.stats = { total_processed: turn % 2 === 0 ? total : 0 };
                  return status;
                },
              }
            : undefined,
      },
      { skipThroughput: false, warmupSeconds: 0, measureSeconds: 0.2, sampleIntervalSeconds: 0.05 },
    );
    expect(report).toMatchObject({ verdict: 'FAIL', exit_code: 2 });
  },
);

it("never takes a node's words for markup, or for a terminal's commands", async () => {
  const evil =
    '<script>alert(1)</script><img src=x onerror=alert(1)>]]>\u001b[2J\u202e| **x** `y` \n::error::z';
  const { report, texts } = await validate({
    faults({ endpoint, body }) {
      const change = (more: object) => ({ body: (answer: unknown) => ({ ...(answer as object), ...more }) });
      if (endpoint === '/state') return change({ version: evil });
      if (endpoint === '/gpu/devices') return change({ devices: [{ index: 0, name: evil }] });
      if (endpoint === ASK && (body as { nonces: number[] }).nonces[0] === golden.nonces[0])
        return { status: 500, body: JSON.stringify({ detail: evil }) };
      return undefined;
    },
  });
  expect(report.verdict).toBe('INCOMPLETE');
  expect(report.preflight?.version).not.toContain('\u001b');
  const [html, markdown, junit, github, text, json] = texts as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  expect(html).not.toMatch(/<script>alert|<img/);
  expect(junit).not.toMatch(/<script|<img|\]\]>/);
  expect(markdown).not.toMatch(/(^|[^\\])<(script|img)|[^\\]\*\*x/);
  for (const rendered of [html, markdown, junit, github, text, json]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(rendered).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
  }
  expect(github.split('\n').filter((line) => line.startsWith('::error::z'))).toEqual([]);
});
