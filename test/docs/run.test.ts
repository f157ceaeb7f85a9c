import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNetworkInFront } from '../../src/commands/simulate/network.js';
import { packageRoot } from '../../src/paths.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import type { NetworkSimulator } from '../../src/simulator/network/simulator.js';
import { useTempFolder } from '../support/temp.js';

/**
 * The blocks of commands of README, run in a shell against simulators; README.zh-CN.md has the same ones, by its own test. A
 * block that needs what no machine of ours has is marked on the page, with the reason: `<!-- not run: the real chain -->`.
 */
const pages = ['README.md'];

/** Codes of a verdict or an answer that is not yes: the command ran as its page says. */
const RAN = [0, 2, 3, 4];

let nodes: MlNodeSimulator[];
let network: NetworkSimulator;
const temp = useTempFolder();

beforeAll(async () => {
  const start = () =>
    startMlNodeSimulator({ replicas: ['exact', 'exact'], batchTimeMs: 5, gpuCount: 8, loadTimeMs: 100 });
  nodes = await Promise.all([start(), start()]);
  network = await startNetworkInFront(nodes[0] as MlNodeSimulator, { port: 0 });
});
afterAll(async () => {
  await network.close();
  await Promise.all(nodes.map((node) => node.close()));
});

interface Block {
  line: number;
  code: string;
  /** Why it is not run; null: it is. */
  notRun: string | null;
}

/** Blocks without a language, or of a shell. */
function blocksOf(page: string): Block[] {
  const text = readFileSync(join(packageRoot, page), 'utf8');
  return [...text.matchAll(/(?:<!-- not run: (.*?) -->\s*\n)?^```(?:sh)?\n([\s\S]*?)^```$/gm)].map(
    (match) => ({
      line: text.slice(0, match.index).split('\n').length,
      code: match[2] as string,
      notRun: match[1] ?? null,
    }),
  );
}

/** A folder to run in, with the command on its path and the files that the pages name. */
function setUp(folder: string): { PATH: string } {
  mkdirSync(join(folder, 'bin'));
  const assay = join(folder, 'bin', 'assay');
  // What hangs must end by itself, and say which command it was.
  const limit = '[ "$1" = simulate ] || limit="timeout -k 1 60"';
  writeFileSync(
    assay,
    `#!/bin/sh\n${limit}\nexec $limit ${process.execPath} ${packageRoot}/dist/main.js "$@"\n`,
  );
  chmodSync(assay, 0o755);
  copyFileSync(join(packageRoot, 'artifacts/golden/moonshotai-kimi-k2.6.json'), join(folder, 'other.json'));
  return { PATH: `${join(folder, 'bin')}:${process.env['PATH']}` };
}

/** The page's addresses as those of the simulators. */
async function onSimulators(code: string): Promise<string> {
  const port = String(await freePort());
  const url = (at: number) => (nodes[at] as MlNodeSimulator).url;
  return (
    code
      .replaceAll('http://10.0.0.21:8080', url(0))
      .replaceAll(/http:\/\/10\.0\.0\.(?:22|31):8080/g, url(1))
      .replaceAll(/https:\/\/node3\.gonka\.ai|http:\/\/10\.0\.0\.10:8000/g, network.url)
      .replaceAll('18080', port)
      .replaceAll(
        /^(assay simulate .*) &$/gm,
        `$1 --batch-time-ms 5 & until curl -s http://127.0.0.1:${port}/ > /dev/null; do sleep 0.1; done`,
      )
      // Nobody waits for a minute of throughput here.
      .replaceAll(
        /^assay validate (?!.*--skip-throughput)/gm,
        'assay validate --warmup-seconds 0.2 --measure-seconds 0.5 --sample-interval 0.1 ',
      )
      .replaceAll('kill %1', 'kill %1; wait || true')
  );
}

describe.each(pages)('the commands of %s', (page) => {
  const blocks = blocksOf(page).filter(({ code }) => /^(?:[A-Z_]+=\S+ )?assay /m.test(code));
  if (blocks.length === 0) return;

  it.runIf(blocks.some(({ notRun }) => notRun === null))('run against simulators', async () => {
    const folder = temp.path(page.replaceAll('/', '_'));
    mkdirSync(folder);
    const own = setUp(folder);
    const bad: object[] = [];
    for (const { line, code, notRun } of blocks) {
      if (notRun !== null) continue;
      // Only what speaks to a network node is told of one.
      const isOfNetwork = /^assay (?:node|deploy|bootstrap|chain|tx|poc|lifecycle) /m.test(code);
      const env = { ...own, ...(isOfNetwork && { ADMIN_API_URL: network.url, ASSAY_NODE: network.url }) };
      const script = await onSimulators(code);
      const { exitCode, all } = await execa('bash', ['-c', checkedLines(script)], {
        ...{ cwd: folder, env, reject: false, all: true, timeout: 100_000 },
      });
      if (exitCode !== 0) bad.push({ line, exitCode, said: all?.split('\n').slice(-12) });
    }
    expect(bad).toEqual([]);
  });
});

/** Each line by itself: the first that did not run ends the block. */
function checkedLines(script: string): string {
  const lines = script
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const ran = RAN.map((code) => `[ $code -eq ${code} ]`).join(' || ');
  return lines
    .map(
      (line) =>
        `${line}\ncode=$?; ${ran} || { echo "exit $code: ${line.replaceAll(/["$`\\]/g, '')}"; exit 1; }`,
    )
    .join('\n');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
