import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { START_ARGS } from '../../accept/support.js';
import { assay, assayHere } from '../../support/assay.js';
import { useTempFolder } from '../../support/temp.js';
import { MODEL, simulatedNodes } from '../../validate/support.js';

const temp = useTempFolder();
const start = simulatedNodes();
const QUICK = ['--measure-seconds', '0.5', '--warmup-seconds', '0.1', '--cycles', '1', '--quiet'];

async function nodeConfig(): Promise<string> {
  const file = temp.path('node.json');
  const models = { [MODEL]: { args: START_ARGS } };
  const node = {
    id: 'node1',
    host: '127.0.0.1',
    inference_port: 5000,
    poc_port: 8080,
    max_concurrent: 1,
    models,
  };
  await writeFile(file, JSON.stringify([node]));
  return file;
}

test('assay accept prints the matrix, writes its reports, and exits 2 where a check failed', async () => {
  const node = await start({ args: START_ARGS, imageFaults: ['no-parsers'] });
  const folder = temp.path('run');
  // The built command: its HTTP client is not the one of the tests.
  const { exitCode, stdout } = await assay([
    ...['accept', '--mlnode-url', node.url, '--model', MODEL, '--node-config', await nodeConfig(), ...QUICK],
    ...['--only', 'errors,cycle-with-chats,tools', '--report', 'junit,html,markdown', '--exp-dir', folder],
  ]);
  expect(stdout).toMatch(/^FAIL {2}failed: tools; not run: start, /);
  expect(stdout).toMatch(/^errors +pass +pass +pass /m);
  expect(stdout).toMatch(/^cycle-with-chats +pass /m);
  expect(stdout).toContain('FAIL: node: the tool call was left in the text');
  expect(exitCode).toBe(2);
  for (const ending of ['json', 'junit.xml', 'html', 'md'])
    expect(existsSync(join(folder, `accept_report.${ending}`))).toBe(true);
  expect(JSON.parse(readFileSync(join(folder, 'accept_report.json'), 'utf8'))).toMatchObject({
    verdict: 'FAIL',
  });
});

test('--json prints one event a line, and exits 0 where all passed', async () => {
  const node = await start();
  const { exitCode, stdout } = await assayHere([
    ...['accept', '--mlnode-url', node.url, '--model', MODEL, ...QUICK],
    ...['--only', 'errors', '--json', '--exp-dir', temp.path('json')],
  ]);
  const events = stdout.split('\n').map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ event: 'begun' });
  expect(events.filter(({ event }) => event === 'check_started')).toMatchObject([{ check: 'errors' }]);
  expect(events.at(-1)).toMatchObject({ event: 'report', report: { verdict: 'PASS' } });
  expect(exitCode).toBe(0);
});

test('a check that is none, and flags that do not fit together, are usage errors', async () => {
  const flags = ['accept', '--mlnode-url', 'http://127.0.0.1:9', '--model', MODEL];
  const said = async (...more: string[]) => (await assayHere([...flags, ...more])).stderr;
  expect(await said('--only', 'cycles')).toContain('"cycles" is no check; did you mean cycle?');
  expect(await said('--only', 'cross-device')).toContain('add --peer URL');
  expect(await said('--only', 'start,errors', '--skip', 'errors,start')).toBe(
    'assay: --skip leaves out every check; leave one of them to run',
  );
  expect(await said('--resume', 'a', '--exp-dir', 'b')).toContain('--resume and --exp-dir');
  expect(await said('--report', 'pdf')).toContain('"pdf" is not one of');
  expect(await said('--resume', temp.path('none'))).toContain('holds no acceptance run to resume');
});
