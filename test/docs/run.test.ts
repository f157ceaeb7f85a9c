import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { startNetworkInFront } from '../../src/commands/simulate/network.js';
import { loadGoldenByName } from '../../src/golden/catalog.js';
import { packageRoot } from '../../src/paths.js';
import { installInferenced, SIMULATED_PASSPHRASE } from '../../src/simulator/inferenced/install.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { writeFilesOfPages } from '../support/files-of-pages.js';
import { useTempFolder } from '../support/temp.js';

/**
 * The blocks of commands of README, and with `npm run docs` those of every page, run in a shell against simulators. README.zh-CN.md
 * has README's, by its own test. A block that cannot run here is marked on the page, with the reason:
 * `<!-- not run: the real chain -->`.
 */
const pages = [
  'README.md',
  ...(process.env['DOCS'] === 'all'
    ? readdirSync(join(packageRoot, 'docs'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.md'))
        .sort()
        .map((name) => `docs/${name}`)
    : []),
];

const temp = useTempFolder();

interface Block {
  line: number;
  code: string;
  /** Why it is not run; null: it is. */
  notRun: string | null;
}

/** Blocks of commands of `assay`: without a language, or of a shell. */
function blocksOf(page: string): Block[] {
  const text = readFileSync(join(packageRoot, page), 'utf8');
  const blocks: Block[] = [];
  for (const match of text.matchAll(/(?:<!-- not run: (.*?) -->\s*\n)?^```(\w*)\n([\s\S]*?)^```$/gm)) {
    const [, notRun = null, language, code = ''] = match;
    if (language !== '' && language !== 'sh') continue;
    if (/^(?:[A-Z_]+=\S+ )?assay /m.test(code))
      blocks.push({ line: text.slice(0, match.index).split('\n').length, code, notRun });
  }
  return blocks;
}

/** Puts `assay` and a stand-in `inferenced` into a folder. @returns a PATH with them */
async function installCommands(folder: string): Promise<string> {
  const bin = join(folder, 'bin');
  await installInferenced(bin, { keys: {}, passphrase: SIMULATED_PASSPHRASE });
  const assay = join(bin, 'assay');
  // What hangs must end by itself, and say which command it was.
  const limit = '[ "$1" = simulate ] || limit="timeout -k 1 60"';
  writeFileSync(
    assay,
    `#!/bin/sh\n${limit}\nexec $limit ${process.execPath} ${packageRoot}/dist/main.js "$@"\n`,
  );
  chmodSync(assay, 0o755);
  // Some pages name files of the clone.
  symlinkSync(join(packageRoot, 'artifacts'), join(folder, 'artifacts'));
  return `${bin}:${process.env['PATH']}`;
}

/** Runs a block against nodes of its own, since it may switch or remove them. */
async function runBlock(code: string, cwd: string, path: string) {
  const nodes = await Promise.all([startNode(), startNode()]);
  const network = await startNetworkInFront(nodes[0], { port: 0 });
  try {
    const pocPorts = nodes.map(({ port }) => port);
    writeFilesOfPages(cwd, pocPorts, network.url);
    // Only what speaks to a network node is told of one.
    const isOfNetwork = /^assay (?:node|deploy|bootstrap|chain|tx|poc|lifecycle) /m.test(code);
    const env = {
      PATH: path,
      ...(isOfNetwork && { ADMIN_API_URL: network.url, ASSAY_NODE: network.url }),
    };
    const script = checkedLines(await onSimulators(code, nodes, network.url));
    return await execa('bash', ['-c', script], { cwd, env, reject: false, all: true, timeout: 100_000 });
  } finally {
    await network.close();
    await Promise.all(nodes.map((node) => node.close()));
  }
}

/** A node of two good replicas with Kimi K2.6, which can load Qwen3-235B. */
async function startNode(): Promise<MlNodeSimulator> {
  return startMlNodeSimulator({
    golden: await Promise.all(
      ['moonshotai-kimi-k2.6', 'qwen-qwen3-235b-a22b-instruct-2507-fp8-deepgemm'].map((name) =>
        loadGoldenByName(name),
      ),
    ),
    replicas: ['exact', 'exact'],
    batchTimeMs: 5,
    gpuCount: 8,
    loadTimeMs: 100,
    hasAllWeights: true,
  });
}

/** The page's addresses as those of the simulators. */
async function onSimulators(
  code: string,
  [one, two]: readonly [MlNodeSimulator, MlNodeSimulator],
  network: string,
): Promise<string> {
  const port = String(await freePort());
  return (
    code
      .replaceAll('http://10.0.0.21:8080', one.url)
      .replaceAll(/http:\/\/10\.0\.0\.(?:22|23|31):8080/g, two.url)
      .replaceAll('=http://127.0.0.1:8080', `=${one.url}`)
      .replaceAll('=http://127.0.0.1:8081', `=${two.url}`)
      .replaceAll(/--host (?:127\.0\.0\.1|10\.0\.0\.21)/g, `--host 127.0.0.1 --poc-port ${one.port}`)
      .replaceAll(/https:\/\/node3\.gonka\.ai|http:\/\/10\.0\.0\.10:8000/g, network)
      .replaceAll('18080', port)
      .replaceAll(
        /^(assay simulate .*) &$/gm,
        `$1 --batch-time-ms 5 & until curl -s http://127.0.0.1:${port}/ > /dev/null; do sleep 0.1; done`,
      )
      // Nobody waits for a minute of throughput here.
      .replaceAll(
        /^assay (validate|fleet validate|fleet shard) (?!.*(?:--skip-throughput|--resume|--print-config))/gm,
        'assay $1 --warmup-seconds 0.2 --measure-seconds 0.5 --sample-interval 0.1 ',
      )
      .replaceAll('kill %1', 'kill %1; wait || true')
  );
}

describe.each(pages.filter((page) => blocksOf(page).some(({ notRun }) => notRun === null)))(
  'the commands of %s',
  (page) => {
    it('run against simulators', async () => {
      const folder = temp.path(page.replaceAll('/', '_'));
      mkdirSync(folder);
      const path = await installCommands(folder);
      const bad: object[] = [];
      for (const { line, code, notRun } of blocksOf(page)) {
        if (notRun !== null) continue;
        const { exitCode, all } = await runBlock(code, folder, path);
        if (exitCode !== 0) bad.push({ line, exitCode, said: all.split('\n').slice(-12) });
      }
      expect(bad).toEqual([]);
    });
  },
);

/** Each line by itself: the first that did not run ends the block. */
function checkedLines(script: string): string {
  const lines = script
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  // What a block left running would hold its output open.
  return ["trap 'kill $(jobs -p) 2>/dev/null' EXIT", ...lines.map(checked)].join('\n');
}

/** Every command passes, but for a judgement by a threshold that is stricter than the model's. */
function checked(line: string): string {
  const most = line.startsWith('assay judge') ? 2 : 0;
  const shown = line.replaceAll(/["$`\\]/g, '');
  return `${line}\ncode=$?; [ $code -eq 0 ] || [ $code -eq ${most} ] || { echo "exit $code: ${shown}"; exit 1; }`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
