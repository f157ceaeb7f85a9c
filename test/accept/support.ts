import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { acceptNode } from '../../src/accept/accept-node.js';
import type { CheckName, ImageCheckResult } from '../../src/accept/model.js';
import type { AcceptOptions } from '../../src/accept/options.js';
import type { MlNodeSimulator, MlNodeSimulatorOptions } from '../../src/simulator/mlnode/index.js';
import { head } from '../support/golden.js';
import { MODEL, reference, simulatedNodes } from '../validate/support.js';

/** As the node was started, with the parsers of a build for agents. */
export const START_ARGS = [
  '--tensor-parallel-size',
  '4',
  '--max-model-len',
  '40000',
  '--enable-auto-tool-choice',
  '--tool-call-parser',
  'kimi_k2',
  '--reasoning-parser',
  'kimi_k2',
];

/** Two whole batches of each replica: enough for every check. */
export const small = head(reference, 64);

type Changes = { [key in keyof AcceptOptions]?: AcceptOptions[key] | undefined };

/** Starts simulated nodes, and runs single checks on them. Folders and nodes go after each test. */
export function acceptance(): {
  node(options?: Partial<MlNodeSimulatorOptions>): Promise<MlNodeSimulator>;
  accept(
    node: MlNodeSimulator,
    options?: Changes,
    watcher?: Parameters<typeof acceptNode>[1],
  ): ReturnType<typeof acceptNode>;
  check(node: MlNodeSimulator, name: CheckName, options?: Changes): Promise<ImageCheckResult>;
  folder(): string;
} {
  const start = simulatedNodes();
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  const folder = () => {
    const path = mkdtempSync(join(tmpdir(), 'accept-'));
    folders.push(path);
    return path;
  };
  const accept = (
    node: MlNodeSimulator,
    options: Changes = {},
    watcher?: Parameters<typeof acceptNode>[1],
  ) => {
    const all = {
      mlnodeUrl: node.url,
      model: MODEL,
      reference: small,
      startArgs: START_ARGS,
      cycles: 2,
      measureSeconds: 0.6,
      warmupSeconds: 0.1,
      chatSeconds: 5,
      waitLimitSeconds: 2,
      patience: 0.2,
      ...(options.resume === undefined && { expDir: folder() }),
      ...options,
    };
    const given = Object.entries(all).filter(([, value]) => value !== undefined);
    return acceptNode(Object.fromEntries(given) as unknown as AcceptOptions, watcher);
  };
  return {
    node: (options = {}) => start({ args: START_ARGS, waitLimitMs: 2_000, ...options }),
    accept,
    async check(node, name, options = {}) {
      const { report } = await accept(node, { only: [name], ...options });
      return report.checks.find(({ check }) => check === name) as ImageCheckResult;
    },
    folder,
  };
}

/** What a check says of a replica, or of the node. */
export function about({ findings }: ImageCheckResult, replica: number | null): string[] {
  return findings
    .filter((finding) => finding.replica === replica)
    .map(({ outcome, evidence }) => `${outcome}: ${evidence}`);
}
