// Whether memory and handles stay bounded: over a thousand validations in one process, over rounds of a watch, for
// 2,000 nonces, and under bodies that are made to fill it. Simulated nodes run in this process, what is measured in others.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { loadGoldenByName } from '../src/golden/catalog.js';
import { type Fault as Answer, startMlNodeSimulator } from '../src/simulator/mlnode/index.js';
import { faults } from '../test/faults/matrix/faults.js';
import { startFront } from '../test/faults/matrix/front.js';
import { assayPath, resources } from './bench/process.js';
import { DEEPGEMM, KIMI } from './bench/simulated.js';
import { type WatchReading, watchOften } from './soak/watch-often.js';

const RUNS = 1_000;
const ROUNDS = 200;
const AT_ONCE = 5;
const READINGS = 5;
/** Heap that may be there at the end on top of what was there after the first fifth: the code gets optimised. */
const HEAP_GROWTH_MIB = 8;
const PEAK_MIB = 300;

const failures: string[] = [];
const folder = mkdtempSync(join(tmpdir(), 'assay-soak-'));
let runs = 0;
const mib = (bytes: number) => Math.round((10 * bytes) / 2 ** 20) / 10;

const items: Record<string, () => Promise<void>> = { validations, watching, peaks };
const chosen = process.argv.slice(2);
for (const [name, item] of Object.entries(items)) {
  if (chosen.length === 0 || chosen.includes(name)) await item();
}
rmSync(folder, { recursive: true, force: true });
console.log(failures.length === 0 ? '\nAll bounded.' : `\nNot bounded: ${failures.join('; ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;

interface Reading {
  done: number;
  passed: number;
  heapUsed: number;
  external: number;
  rss: number;
  handles: number;
}

async function validations(): Promise<void> {
  const golden = await loadGoldenByName(KIMI);
  const nodes = await Promise.all(
    Array.from({ length: AT_ONCE }, () =>
      startMlNodeSimulator({ replicas: ['honest', 'honest'], golden, batchTimeMs: 1 }),
    ),
  );
  console.log(`${RUNS} validations in one process, of ${AT_ONCE} nodes side by side, every phase\n`);
  console.log('| validations | passed | heap | other buffers | resident | handles |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  const script = fileURLToPath(new URL('soak/validate-often.mjs', import.meta.url));
  const urls = nodes.map(({ url }) => url);
  const args = ['--expose-gc', script, KIMI, RUNS, READINGS, ...urls].map(String);
  const readings: Reading[] = [];
  for await (const line of execa(process.execPath, args, { stderr: 'inherit' })) {
    const reading = JSON.parse(String(line)) as Reading;
    readings.push(reading);
    const { done, passed, heapUsed, external, rss, handles } = reading;
    console.log(
      `| ${done} | ${passed} | ${mib(heapUsed)} MiB | ${mib(external)} MiB | ${mib(rss)} MiB | ${handles} |`,
    );
  }
  await Promise.all(nodes.map((node) => node.close()));
  const first = readings[0] as Reading;
  const last = readings.at(-1) as Reading;
  check(last.passed === RUNS, `${last.passed} of ${RUNS} passed`);
  check(mib(last.heapUsed - first.heapUsed) <= HEAP_GROWTH_MIB, 'the heap grew');
  check(last.handles <= first.handles, `handles grew from ${first.handles} to ${last.handles}`);
}

async function watching(): Promise<void> {
  console.log(`\n${ROUNDS} rounds of \`assay watch\`: a good node, a bad one, one that is away\n`);
  console.log('| rounds | heap | other buffers | resident | handles |\n| --- | --- | --- | --- | --- |');
  const readings: WatchReading[] = [];
  for await (const reading of watchOften(ROUNDS, READINGS, folder)) {
    readings.push(reading);
    const { rounds, heapUsed, external, rss, handles } = reading;
    console.log(`| ${rounds} | ${mib(heapUsed)} MiB | ${mib(external)} MiB | ${mib(rss)} MiB | ${handles} |`);
  }
  const first = readings[0] as WatchReading;
  const last = readings.at(-1) as WatchReading;
  check(mib(last.heapUsed - first.heapUsed) <= HEAP_GROWTH_MIB, 'the heap of the watch grew');
  check(mib(last.rss) < PEAK_MIB, `the watch holds ${mib(last.rss)} MiB`);
  check(last.handles <= first.handles + 4, `handles grew from ${first.handles} to ${last.handles}`);
}

async function peaks(): Promise<void> {
  const large = await loadGoldenByName(DEEPGEMM);
  const golden = await loadGoldenByName(KIMI);
  console.log('\n| one validation | peak resident memory |\n| --- | --- |');
  for (const profile of ['honest', 'unrelated'] as const) {
    const node = await startMlNodeSimulator({ replicas: [profile, profile], golden: large, batchTimeMs: 5 });
    const { model } = large.file;
    await peak(`2,000 nonces, ${profile}`, node.url, ['--model', model, '--reference', large.path]);
    await peak(`2,000 nonces in one request, ${profile}`, node.url, [
      '--model',
      model,
      '--reference',
      large.path,
      '--probe',
      'whole',
    ]);
    await node.close();
  }
  for (const fault of faults.filter(({ name }) => /1 GiB|gzip|deep|slow body/.test(name))) {
    const node = await startMlNodeSimulator({ replicas: ['honest', 'honest'], golden, batchTimeMs: 5 });
    const front = await startFront(
      node.url,
      fault,
      (request) => request.includes('/pow/generate'),
      () => {},
    );
    await peak(`every vector answer: ${fault.name}`, front.url, ['--model', KIMI]);
    await front.close();
    await node.close();
  }
  // As many artifacts as an answer may hold, all for the same nonce, or for ones that nobody asked for.
  for (const [what, artifact] of [
    ['one nonce', '{"nonce":0}'],
    ['strangers', '{"nonce":9}'],
  ] as const) {
    const body = `{"status":"completed","artifacts":[${new Array(85_000).fill(artifact).join()}]}`;
    const flood = ({ endpoint }: { endpoint: string }): Answer | undefined =>
      endpoint.endsWith('{request_id}') ? { body } : undefined;
    const node = await startMlNodeSimulator({
      replicas: ['honest', 'honest'],
      golden,
      batchTimeMs: 5,
      faults: flood,
    });
    await peak(`every vector answer: 85,000 artifacts for ${what}`, node.url, ['--model', KIMI]);
    await node.close();
  }
}

async function peak(what: string, url: string, more: string[]): Promise<void> {
  const args = ['validate', '--mlnode-url', url, '--exp-dir', join(folder, String(runs++)), ...more];
  const limits = ['--skip-throughput', '--validation-timeout=20'];
  const { peakMib } = await resources([assayPath, ...args, ...limits], true);
  console.log(`| ${what} | ${peakMib} MiB |`);
  check(peakMib < PEAK_MIB, `${what}: ${peakMib} MiB`);
}

function check(isMet: boolean, what: string): void {
  if (!isMet) failures.push(what);
}
