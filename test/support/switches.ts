import { execa } from 'execa';
import { afterEach, expect } from 'vitest';
import { loadGoldenByName } from '../../src/golden/catalog.js';
import { differences } from '../../src/network/compare.js';
import type { NodeObject } from '../../src/network/node-object.js';
import { packageRoot } from '../../src/paths.js';
import type { MlNodeSimulatorOptions } from '../../src/simulator/mlnode/index.js';
import { KIMI, type Site, startSite } from './site.js';
import { useTempFolder } from './temp.js';

/** A start of the new model that fails. */
export const OUT_OF_MEMORY = { error: 'CUDA out of memory', shownMs: 300, downMs: 100 };

const golden = await loadGoldenByName(KIMI);

/** Sites on which `node switch` is tested, each closed after its test. */
export function useSwitches() {
  const temp = useTempFolder();
  const sites: Site[] = [];
  let runs = 0;

  const close = () => Promise.all(sites.splice(0).map((site) => site.close()));
  afterEach(close);

  /** A site whose node1 serves Qwen, the file of its Kimi config, and a fresh name for the run folder. */
  async function prepared(mlNode: Partial<MlNodeSimulatorOptions> = {}) {
    const site = await startSite({ golden, ...mlNode });
    sites.push(site);
    site.net.broker.register(site.qwen);
    await expect.poll(() => site.net.broker.nodes.get('node1')?.status.current).toBe('INFERENCE');
    const run = `run-${++runs}`;
    const to = await temp.write(`${run}.json`, site.kimi);
    const cwd = temp.path('.');
    const assay = (...flags: string[]) => site.assay(['node', 'switch', ...flags], { cwd });
    return { site, assay, run, cwd, start: ['node1', '--to', to, '--timeout', '20s', '--run-dir', run] };
  }
  return { temp, prepared, close };
}

/** The config that the network node holds. */
export function held({ net, kimi, qwen }: Site): 'new' | 'old' | 'neither' {
  const node = net.broker.nodes.get('node1')?.node as NodeObject;
  if (differences(kimi, node).length === 0) return 'new';
  return differences(qwen, node).length === 0 ? 'old' : 'neither';
}

/** Starts a switch that is killed at a moment; false when it ended before. */
export async function killedAt(moment: number, site: Site, cwd: string, start: string[]): Promise<boolean> {
  const preload = `${packageRoot}/test/support/kill-at.mjs`;
  const args = ['--import', preload, `${packageRoot}/dist/main.js`, 'node', 'switch', ...start];
  const env = { ...site.env, KILL_AT: String(moment) };
  const { signal } = await execa(process.execPath, args, { cwd, env, reject: false, stdin: 'ignore' });
  return signal === 'SIGKILL';
}
