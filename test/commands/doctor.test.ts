import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadGolden } from '../../src/golden/load.js';
import { packageRoot } from '../../src/paths.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { assay, assayHere } from '../support/assay.js';
import { useChains } from '../support/chain.js';

const MODEL = 'moonshotai/Kimi-K2.6';
const simulateChain = useChains();
let node: MlNodeSimulator;

beforeAll(async () => {
  const golden = [await loadGolden(`${packageRoot}/artifacts/golden/moonshotai-kimi-k2.6.json`)];
  node = await startMlNodeSimulator({ replicas: ['exact', 'exact'], model: MODEL, golden, batchTimeMs: 1 });
});
afterAll(() => node.close());

it('tells of a node that serves, within the promised time', async () => {
  const { stdout, exitCode } = await assay(['doctor', '--mlnode-url', node.url, '--model', MODEL], {});
  expect(stdout).toMatch(/✓ ML node answers/);
  // Nobody has said how many replicas it should have.
  expect(stdout).toMatch(/\? every replica serves +2 replicas in rotation; the expected number is not known/);
  expect(stdout).toMatch(/✓ a reference fits/);
  expect(exitCode).toBe(0);
});

it('says what mends a node that is away, for programs too', async () => {
  const { stdout, exitCode } = await assayHere(['doctor', '--mlnode-url', 'http://127.0.0.1:9', '--json']);
  expect(exitCode).toBe(1);
  const { findings, exit_code } = JSON.parse(stdout);
  expect(exit_code).toBe(1);
  expect(findings[0]).toMatchObject({ check: 'reachable', state: 'fail', advice: expect.any(String) });
});

it('needs something to look at', async () => {
  const { stderr, exitCode } = await assayHere(['doctor']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('give --mlnode-url');
});

it('exits 3 where only the time before PoC is not enough', async () => {
  const { url } = await simulateChain({ height: 1000, nextPocStart: 1005, blockTimeMs: 5000 });
  const { stdout, exitCode } = await assayHere(['doctor', '--mlnode-url', node.url, '--node', url, '--json']);
  const { findings, exit_code } = JSON.parse(stdout);
  const failed = findings.filter(({ state }: { state: string }) => state === 'fail');
  expect(failed).toMatchObject([{ check: 'time', text: expect.stringContaining('not enough') }]);
  expect([exitCode, exit_code]).toEqual([3, 3]);
});
