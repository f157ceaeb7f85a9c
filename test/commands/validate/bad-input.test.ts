import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Fault, startMlNodeSimulator } from '../../../src/simulator/mlnode/index.js';
import { assay } from '../../support/assay.js';
import { useTempFolder } from '../../support/temp.js';

const temp = useTempFolder();
const MODEL = 'Qwen/Qwen3-0.6B';
let run = 0;

const nowhere = ['--mlnode-url', 'http://127.0.0.1:9', '--model', MODEL];

/** Ends in one line on stderr and nothing on stdout, and the line says all that is expected. */
async function refused(flags: string[], ...parts: string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await assay(['validate', '--quiet', ...flags], {
    cwd: temp.path('.'),
  });
  expect({ exitCode, stdout, lines: stderr.split('\n').length }, stderr).toEqual({
    exitCode: 1,
    stdout: '',
    lines: 1,
  });
  expect(stderr).toMatch(/^assay: .+$/);
  for (const part of parts) expect(stderr).toContain(part);
}

describe.concurrent('a command line that names no run', () => {
  it.each<[string, string[], string[]]>([
    ['an unknown flag', [...nowhere, '--thresh', '1'], ['thresh', '--help']],
    [
      'an unknown flag of two words',
      [...nowhere, '--mlnode-ur', 'x'],
      ['Unknown argument: --mlnode-ur; did you mean --mlnode-url?'],
    ],
    [
      'two letters swapped',
      [...nowhere, '--modle', 'x'],
      ['Unknown argument: --modle; did you mean --model?'],
    ],
    ['a flag without its value', ['--model', MODEL, '--mlnode-url'], ['--mlnode-url needs a value']],
    ['no node', ['--model', MODEL], ['--mlnode-url', '--node-config']],
    ['no model', ['--mlnode-url', 'http://127.0.0.1:9'], ['--model']],
    [
      'a URL without a scheme',
      ['--mlnode-url', '127.0.0.1:8080', '--model', MODEL],
      ['--mlnode-url', 'http'],
    ],
    ['a URL of another scheme', ['--mlnode-url', 'ftp://h', '--model', MODEL], ['--mlnode-url', 'ftp']],
    ['a threshold of nothing', [...nowhere, '--p-mismatch', '0'], ['--p-mismatch', 'above 0']],
    ['a threshold above 1', [...nowhere, '--fraud-threshold', '1.5'], ['--fraud-threshold', 'at most 1']],
    ['a time that no timer has', [...nowhere, '--timeout', '3000000'], ['--timeout', 'at most 2000000']],
    [
      'a number that is none',
      [...nowhere, '--validation-timeout', 'soon'],
      ['--validation-timeout', 'number'],
    ],
    [
      'a second reference that is none',
      [...nowhere, '--second-reference', 'kimmi'],
      ['no reference is called kimmi', '`assay golden list`'],
    ],
    ['an unknown way to probe', [...nowhere, '--probe', 'hope'], ['hope', 'queued']],
    [
      'a model without a reference',
      ['--mlnode-url', 'http://127.0.0.1:9', '--model', 'a/b'],
      ['a-b.json', 'assay record'],
    ],
    ['a reference that is not there', [...nowhere, '--reference', 'none.json'], ['none.json']],
    ['chain thresholds without a chain', [...nowhere, '--thresholds', 'chain'], ['--node']],
    ['a node twice', [...nowhere, '--node-config', 'x.json'], ['--mlnode-url', '--node-config']],
    [
      'every replica where none is told apart',
      [...nowhere, '--probe', 'wait', '--coverage', 'every-replica'],
      ['--coverage', '--probe wait', '--probe queued'],
    ],
    ['an unknown report', [...nowhere, '--report', 'pdf'], ['pdf', 'html']],
  ])('%s', (_what, flags, parts) => refused(flags, ...parts));

  it('a reference of another model', async () => {
    const path = temp.path('other.json');
    await writeFile(
      path,
      JSON.stringify({ ...reference, model: 'some/other', artifacts: [{ nonce: 0, vector_b64: VECTOR }] }),
    );
    await refused([...nowhere, '--reference', path], path, 'some/other', MODEL);
  });

  it('a reference with a vector of another length', async () => {
    const path = temp.path('short.json');
    await writeFile(path, JSON.stringify({ ...reference, artifacts: [{ nonce: 3, vector_b64: 'AAAA' }] }));
    await refused([...nowhere, '--reference', path], path, 'nonce 3');
  });

  it('a run folder that holds something', async () => {
    await mkdir(temp.path('full'), { recursive: true });
    await writeFile(temp.path('full/notes.txt'), 'mine');
    await refused([...nowhere, '--exp-dir', temp.path('full')], 'full', 'not empty', '--exp-dir');
  });

  it('a run folder that cannot be', async () => {
    await writeFile(temp.path('file'), '');
    await refused([...nowhere, '--exp-dir', temp.path('file/run')], 'file/run', 'ENOTDIR');
    if (existsSync('/proc/self'))
      await refused([...nowhere, '--exp-dir', '/proc/run'], '/proc/run', 'ENOENT');
  });
});

const reference = {
  model: MODEL,
  block_hash: 'HASH',
  block_height: 1,
  public_key: 'key',
  node_id: 0,
  node_count: 1,
  seq_len: 1024,
  k_dim: 12,
  encoding: { dtype: 'f16', k_dim: 12, endian: 'le' },
};
/** Twelve numbers of half precision. */
const VECTOR = `ADw${'A'.repeat(29)}`;

/** Validates the node with every answer of an endpoint gone wrong, and returns the report that is left. */
async function validateWith(endpoint: string, fault: Fault) {
  const exp = temp.path(`run${++run}`);
  const simulator = await startMlNodeSimulator({
    replicas: ['exact'],
    batchTimeMs: 2,
    model: MODEL,
    faults: (request) => (request.endpoint === endpoint ? fault : undefined),
  });
  try {
    return await assay([
      'validate',
      ...['--mlnode-url', simulator.url, '--model', MODEL, '--skip-throughput', '--no-self-check'],
      ...['--quiet', '--json', '--exp-dir', exp],
    ]);
  } finally {
    await simulator.close();
  }
}

describe.concurrent('a node that answers badly', () => {
  it.each<[string, string, Fault, RegExp]>([
    ['is no ML node', '/state', { body: '<html>nginx</html>' }, /\/state.*(JSON|HTML)/i],
    ['tells wrong types', '/inference/pow/status', { body: '{"status": "IDLE", "backends": 7}' }, /backends/],
    ['breaks off', '/inference/pow/status', { truncateAt: 5 }, /pow\/status/],
    [
      'refuses the nonces',
      '/inference/pow/generate',
      { status: 422, body: '{"detail":"k_dim"}' },
      /422.*k_dim/,
    ],
    ['is out of order', '/inference/pow/generate', { status: 409, body: '{"detail":"busy"}' }, /busy/],
    ['has no such endpoint', '/inference/pow/generate', { status: 404, body: '{}' }, /404/],
  ])('and %s', async (_what, endpoint, fault, reason) => {
    const { exitCode, stdout } = await validateWith(endpoint, fault);
    const report = JSON.parse(stdout);
    expect({ exitCode, verdict: report.verdict }).toEqual({ exitCode: 1, verdict: 'INCOMPLETE' });
    expect([report.error ?? report.verdict_reason, ...report.warnings].join('\n')).toMatch(reason);
  });
});
