import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findGolden } from '../../../src/golden/catalog.js';
import { loadGolden } from '../../../src/golden/load.js';
import { packageRoot } from '../../../src/paths.js';
import type { ValidateReport } from '../../../src/run/report.js';
import {
  type MlNodeSimulator,
  type MlNodeSimulatorOptions,
  startMlNodeSimulator,
} from '../../../src/simulator/mlnode/index.js';
import { derivedSeed, drawChallenge } from '../../../src/validate/challenge.js';
import { validateNode } from '../../../src/validate/validate-node.js';
import { assay, assayHere } from '../../support/assay.js';
import { useTempFolder } from '../../support/temp.js';

const golden = await findGolden('moonshotai/Kimi-K2.6');
const folders = useTempFolder();

const simulate = (...replicas: MlNodeSimulatorOptions['replicas']) =>
  startMlNodeSimulator({ replicas, golden, batchTimeMs: 2 });
let trusted: MlNodeSimulator;
let memorised: MlNodeSimulator;
let honest: MlNodeSimulator;
beforeAll(async () => {
  trusted = await simulate('exact');
  memorised = await simulate('memorised', 'memorised');
  honest = await simulate('honest', 'honest');
});
afterAll(() => Promise.all([trusted, memorised, honest].map((node) => node.close())));

const only = ['--skip-download', '--skip-deploy', '--skip-throughput', '--no-self-check', '--quiet'];

function challenge(node: MlNodeSimulator, folder: string, ...more: string[]) {
  const args = ['--mlnode-url', node.url, '--model', golden.file.model, '--exp-dir', folder, ...only];
  return assay(['validate', ...args, '--trusted-url', trusted.url, ...more]);
}

async function reportIn(folder: string): Promise<ValidateReport> {
  return JSON.parse(await readFile(join(folder, 'validate_report.json'), 'utf8'));
}

describe('a node that serves the golden nonces from a table', () => {
  it('passes by golden vectors', async () => {
    const { report } = await validateNode({
      mlnodeUrl: memorised.url,
      model: golden.file.model,
      expDir: folders.path('plain'),
      skipThroughput: true,
    });
    expect(report.verdict).toBe('PASS');
  });

  it('fails the challenge, and the report says that it was one, and with which seed', async () => {
    const folder = folders.path('memorised');
    const { exitCode, stdout, stderr } = await challenge(memorised, folder, '--challenge', '64');
    expect(exitCode, stderr).toBe(2);
    const report = await reportIn(folder);
    const seed = report.config.challenge?.seed ?? '';
    expect(report.config.challenge).toEqual({ seed, n: 64, trusted_url: trusted.url });
    expect(report.config.options['challengeSeed']).toBe(seed);
    expect(report.config.stat_test.values).toEqual({
      dist_threshold: 0.4,
      p_mismatch: 0.1,
      fraud_threshold: 0.05,
    });
    expect(stdout).toContain(`64 fresh vectors of the trusted node ${trusted.url} (challenge seed ${seed})`);
    const { nonces, blockHash } = drawChallenge(seed, 64);
    expect(report.config.poc_params.block_hash).toBe(blockHash);
    expect(nonces.filter((nonce) => golden.nonces.includes(nonce))).toEqual([]);
    expect(report.validation?.response).toMatchObject({ n_total: 64, n_mismatch: 64 });

    const again = await assay(['judge', folder, '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({
      verdict: 'FAIL',
      validation: { response: { n_total: 64 } },
    });
  });
});

describe('an honest node', () => {
  it('passes the challenge; its vectors are kept, and a run that is taken up does not ask again', async () => {
    const folder = folders.path('honest');
    // Ends before the probe, as an interruption would.
    honest.faults = ({ endpoint }) => (endpoint === '/state' ? { status: 400 } : undefined);
    const cut = await challenge(honest, folder, '--challenge=64', '--challenge-seed=s');
    expect(cut.exitCode, cut.stderr).toBe(1);
    honest.faults = undefined;
    expect((await loadGolden(join(folder, 'challenge_reference.json'))).nonces).toEqual(
      drawChallenge('s', 64).nonces,
    );
    const asked = trusted.requests['POST /inference/pow/generate'];
    const { exitCode, stderr } = await assay(['validate', '--resume', folder, '--quiet']);
    expect(exitCode, stderr).toBe(0);
    expect(trusted.requests['POST /inference/pow/generate']).toBe(asked);
    expect(await reportIn(folder)).toMatchObject({ verdict: 'PASS', config: { challenge: { seed: 's' } } });
  });
});

describe('what the trusted node has answered', () => {
  const GENERATE = 'POST /inference/pow/generate';

  it('outlives a kill: a run that is taken up asks it for the rest alone', async () => {
    const folder = folders.path('killed');
    const args = ['--mlnode-url', honest.url, '--model', golden.file.model, '--exp-dir', folder, ...only];
    const more = ['--trusted-url', trusted.url, '--challenge=128', '--challenge-seed=k'];
    const env = {
      NODE_OPTIONS: `--import ${join(packageRoot, 'test/support/kill-at.mjs')}`,
      KILL_AFTER: '"kind":"batch"',
    };
    const killed = await assay(['validate', ...args, ...more], { env });
    expect(killed.signal).toBe('SIGKILL');
    expect(await readdir(folder)).toContain('challenge_reference.json.partial.jsonl');

    // Before it is taken up there is nothing to judge, and the way on is said.
    const judged = await assayHere(['judge', folder]);
    expect([judged.exitCode, judged.stderr]).toEqual([
      1,
      expect.stringContaining(`assay validate --resume ${folder}`),
    ]);

    const asked = trusted.requests[GENERATE] ?? 0;
    const { exitCode, stderr } = await assayHere(['validate', '--resume', folder, '--quiet']);
    expect(exitCode, stderr).toBe(0);
    expect((trusted.requests[GENERATE] ?? 0) - asked).toBe(3);
    const report = await reportIn(folder);
    expect(report).toMatchObject({ verdict: 'PASS', config: { challenge: { seed: 'k', n: 128 } } });
    expect(report.config.reference.source).toMatch(/^challenge: computed by http:\S+ on /);
    expect(report.validation?.response.n_total).toBe(128);
    expect((await loadGolden(join(folder, 'challenge_reference.json'))).nonces).toEqual(
      drawChallenge('k', 128).nonces,
    );
    expect(await readdir(folder)).not.toContain('challenge_reference.json.partial.jsonl');
  });

  it('is kept where it goes away half-way, and the error says how to go on', async () => {
    const folder = folders.path('half-way');
    const away = await simulate('exact');
    const generate = '/inference/pow/generate';
    away.faults = ({ endpoint }) =>
      endpoint === generate && (away.requests[GENERATE] ?? 0) > 2 ? { status: 400 } : undefined;
    const more = ['--trusted-url', away.url, '--challenge=128', '--challenge-seed=k'];
    const args = ['--mlnode-url', honest.url, '--model', golden.file.model, '--exp-dir', folder, ...only];
    const { exitCode, stderr } = await assayHere(['validate', ...args, ...more]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/the trusted node gave no vectors: .*; go on with --resume \S+half-way$/);
    away.faults = undefined;
    const again = await assayHere(['validate', '--resume', folder, '--quiet']);
    expect(again.exitCode, again.stderr).toBe(0);
    await away.close();
  });

  it('is nothing where it never answered: no folder is left', async () => {
    const folder = folders.path('nothing');
    const args = ['--mlnode-url', honest.url, '--model', golden.file.model, '--exp-dir', folder, ...only];
    const more = ['--trusted-url', 'http://127.0.0.1:9', '--challenge=8'];
    const { exitCode, stderr } = await assayHere(['validate', ...args, ...more]);
    expect([exitCode, stderr]).toEqual([1, expect.not.stringContaining('--resume')]);
    expect(existsSync(folder)).toBe(false);
  });
});

it('draws the same from the same seed, and something else from another', () => {
  expect(drawChallenge('a', 200)).toEqual(drawChallenge('a', 200));
  expect(drawChallenge('a', 200)).not.toEqual(drawChallenge('b', 200));
  const { nonces, blockHash } = drawChallenge('a', 5_000);
  expect(new Set(nonces).size).toBe(5_000);
  expect(nonces.every((nonce) => Number.isInteger(nonce) && nonce >= 0 && nonce < 2 ** 31)).toBe(true);
  expect(blockHash).toMatch(/^[0-9A-F]{64}$/);
});

describe('what cannot be a challenge', () => {
  const options = { mlnodeUrl: 'http://127.0.0.1:9', model: golden.file.model, patience: 0.01 };
  it('is one by the node itself', async () => {
    const run = validateNode({
      ...options,
      challenge: { n: 10, trustedUrl: 'http://127.0.0.1:9/' },
      expDir: folders.path('self'),
    });
    await expect(run).rejects.toThrow(/is the node to be validated/);
  });

  it('is one by a trusted node that is not there', async () => {
    const run = validateNode({
      ...options,
      challenge: { n: 10, trustedUrl: 'http://127.0.0.1:10' },
      expDir: folders.path('away'),
    });
    await expect(run).rejects.toMatchObject({
      line: expect.stringMatching(
        /^the trusted node gave no vectors: GET http:\/\/127.0.0.1:10.*--trusted-url$/,
      ),
    });
  });

  it('is one while the weight of nodes is measured: the trusted node computes nothing either', async () => {
    const quiet = await simulate('exact');
    const run = validateNode({
      ...options,
      challenge: { n: 10, trustedUrl: quiet.url },
      expDir: folders.path('measured'),
      weightGuard: { whyNot: async () => 'the network is in phase PoCGenerate' },
    });
    await expect(run).rejects.toThrow('no recording of vectors now: the network is in phase PoCGenerate');
    expect(quiet.requests['POST /inference/pow/generate']).toBeUndefined();
    await quiet.close();
  });

  it('is one without a trusted node', async () => {
    const args = ['validate', '--mlnode-url', 'http://127.0.0.1:9', '--model', golden.file.model];
    expect((await assay([...args, '--challenge', '10'])).stderr).toContain('add --trusted-url');
  });
});

describe('the trusted node', () => {
  const port = () => new URL(trusted.url).port;

  it.each([
    ['by another name', () => `http://localhost:${port()}`],
    ['with a user', () => `http://host:secret@127.0.0.1:${port()}`],
    ['with a path', () => `http://127.0.0.1:${port()}/v3.0.8`],
    ['as another loopback address', () => `http://127.0.0.2:${port()}`],
    ['in IPv6 clothes', () => `http://[::ffff:127.0.0.1]:${port()}`],
    ['in a number', () => `http://2130706433:${port()}`],
    ['as any address', () => `http://0.0.0.0:${port()}`],
  ])('is not the validated one %s', async (name, url) => {
    const folder = folders.path(`same ${name}`);
    const args = ['--mlnode-url', url(), '--model', golden.file.model, '--exp-dir', folder, ...only];
    const { exitCode, stderr } = await assayHere([
      ...['validate', ...args],
      ...['--trusted-url', trusted.url, '--challenge', '8'],
    ]);
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(
        /the trusted node is the node to be validated: (?:both URLs lead to one address and port|both have the same URL)/,
      ),
    ]);
  });

  it('is not the validated one behind a proxy with a port of its own', async () => {
    const proxy = createServer((request, response) => {
      const onward = httpRequest(
        `${trusted.url}${request.url}`,
        { method: request.method, headers: request.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      request.pipe(onward);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const folder = folders.path('behind');
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const args = ['--mlnode-url', url, '--model', golden.file.model, '--exp-dir', folder, ...only];
    const { exitCode, stderr } = await assayHere([
      ...['validate', ...args],
      ...['--trusted-url', trusted.url, '--challenge', '8'],
    ]);
    proxy.closeAllConnections();
    proxy.close();
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(
        /is the node to be validated: it knows a request that was sent to the trusted node/,
      ),
    ]);
  });
});

it('draws other nonces for each round and node of a watch', () => {
  const seeds = [
    derivedSeed('s', 'round 1', 'a'),
    derivedSeed('s', 'round 1', 'b'),
    derivedSeed('s', 'round 2', 'a'),
    derivedSeed('t', 'round 1', 'a'),
    derivedSeed('s', 'round 1a', ''),
  ];
  expect(new Set(seeds.map((seed) => drawChallenge(seed, 4).nonces.join())).size).toBe(5);
  expect(derivedSeed('s', 'round 1', 'a')).toBe(seeds[0]);
});

describe('a trusted node', () => {
  it('of which one replica computes something else is refused before it is asked for more', async () => {
    const divided = await simulate('exact', 'unrelated', 'exact');
    const args = [
      '--mlnode-url',
      honest.url,
      '--model',
      golden.file.model,
      '--exp-dir',
      folders.path('divided'),
    ];
    const more = ['--trusted-url', divided.url, '--challenge', '128'];
    const { exitCode, stderr } = await assayHere(['validate', ...args, ...only, ...more]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /the trusted node gave no vectors: .*cannot be used as a reference: .*replica 5002/,
    );
    expect(divided.requests['POST /inference/pow/generate']).toBeLessThanOrEqual(4);
    await divided.close();
  });

  it('of several replicas that agree is asked for the rest', async () => {
    const agreeing = await simulate('exact', 'exact', 'exact');
    const args = [
      '--mlnode-url',
      honest.url,
      '--model',
      golden.file.model,
      '--exp-dir',
      folders.path('agreeing'),
    ];
    const more = ['--trusted-url', agreeing.url, '--challenge', '128'];
    const { exitCode, stderr } = await assayHere(['validate', ...args, ...only, ...more]);
    expect(exitCode, stderr).toBe(0);
    // One batch on each of the three, and the other three of the four.
    expect(agreeing.requests['POST /inference/pow/generate']).toBe(6);
    await agreeing.close();
  });
});
