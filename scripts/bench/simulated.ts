import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadGoldenByName } from '../../src/golden/catalog.js';
import type { GoldenReference } from '../../src/golden/reference.js';
import {
  type MlNodeSimulator,
  type MlNodeSimulatorOptions,
  startMlNodeSimulator,
} from '../../src/simulator/mlnode/index.js';

/** The reference of 200 vectors, seven batches of 32. */
export const KIMI = 'moonshotai/Kimi-K2.6';
/** The one of 2,000 vectors, by its file. */
export const DEEPGEMM = new URL(
  '../../artifacts/golden/qwen-qwen3-235b-a22b-instruct-2507-fp8-deepgemm.json',
  import.meta.url,
).pathname;

/** A simulated node in this process, for a validation in another one, with a folder for its runs. */
export interface SimulatedSetting {
  node: MlNodeSimulator;
  reference: GoldenReference;
  /** A new path for a run, inside a folder that `close` removes. */
  runFolder(): string;
  close(): Promise<void>;
}

export async function simulated(
  referenceName: string,
  replicas: number,
  batchTimeMs: number,
  more: Partial<MlNodeSimulatorOptions> = {},
): Promise<SimulatedSetting> {
  const reference = await loadGoldenByName(referenceName);
  const node = await startMlNodeSimulator({
    replicas: new Array(replicas).fill('honest'),
    batchTimeMs,
    model: reference.file.model,
    golden: reference,
    ...more,
  });
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  let runs = 0;
  return {
    node,
    reference,
    runFolder: () => join(folder, `run-${runs++}`),
    async close() {
      await node.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A validation of nothing but the probe. */
export function probeOnly({ node, reference, runFolder }: SimulatedSetting): string[] {
  return [
    'validate',
    `--mlnode-url=${node.url}`,
    `--model=${reference.file.model}`,
    `--reference=${reference.path}`,
    `--exp-dir=${runFolder()}`,
    '--skip-download',
    '--skip-deploy',
    '--skip-throughput',
    '--no-self-check',
    '--json',
  ];
}
