import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { loadGoldenByName } from '../../src/golden/catalog.js';
import { startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { startNetworkSimulator } from '../../src/simulator/network/simulator.js';
import { assayPath } from '../bench/process.js';
import { KIMI } from '../bench/simulated.js';

/** What a watch was at one time. */
export interface WatchReading {
  rounds: number;
  heapUsed: number;
  external: number;
  rss: number;
  handles: number;
}

/**
 * Runs the real `assay watch`, with metrics and a network node, for so many rounds over a good node, a bad one and
 * one that is away.
 *
 * @yields what it holds on to at each of so many times
 */
export async function* watchOften(
  rounds: number,
  readings: number,
  folder: string,
): AsyncGenerator<WatchReading> {
  const golden = await loadGoldenByName(KIMI);
  const start = (profile: 'honest' | 'unrelated') =>
    startMlNodeSimulator({ replicas: [profile], golden, batchTimeMs: 1 });
  const [good, bad] = await Promise.all([start('honest'), start('unrelated')]);
  const network = await startNetworkSimulator({
    blockTimeMs: 60_000,
    height: 39_000,
    nextPocStart: 40_000,
    params: { epochLength: 15_000 },
  });
  const nodes = { good: good.url, bad: bad.url, away: 'http://127.0.0.1:9' };
  const list = Object.entries(nodes).map(([id, url]) => `- { id: ${id}, url: "${url}" }`);
  const fleet = join(folder, 'fleet.yaml');
  writeFileSync(fleet, [`model: ${KIMI}`, 'nodes:', ...list].join('\n'));
  const tell = fileURLToPath(new URL('tell-memory.mjs', import.meta.url));
  const run = execa(process.execPath, [
    '--expose-gc',
    '--import',
    tell,
    assayPath,
    'watch',
    fleet,
    ...flags(),
  ]);
  try {
    const [line] = await once(createInterface({ input: run.stderr }), 'line');
    const url = /metrics at (\S+)/.exec(String(line))?.[1] as string;
    const told = createInterface({ input: run.stdout });
    for (let reading = 1; reading <= readings; reading++) {
      const wanted = (rounds * reading) / readings;
      for (let done = 0; done < wanted; await sleep(100)) {
        const text = await (await fetch(url)).text();
        done = Number(/^assay_rounds_total (\d+)/m.exec(text)?.[1]);
      }
      run.kill('SIGUSR2');
      const [text] = await once(told, 'line');
      yield { rounds: wanted, ...JSON.parse(String(text)) };
    }
  } finally {
    run.kill('SIGTERM');
    await run;
    await Promise.all([good.close(), bad.close(), network.close()]);
  }

  function flags(): string[] {
    return [
      ...['--node', network.url, '--every', '0.05s', '--metrics', '127.0.0.1:0', '--keep', '20'],
      // A node that is away would be asked for longer, which is not what this is about.
      ...['--timeout', '2', '--measure-seconds', '0.02', '--warmup-seconds', '0'],
      ...['--concurrency', '3', '--out', join(folder, 'watched')],
    ];
  }
}
