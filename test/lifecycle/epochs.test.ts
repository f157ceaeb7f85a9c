import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addressOf, choicesOf } from '../../src/simulator/chain/chain.js';
import { type Bootstrap, startBootstrap } from '../support/bootstrap.js';
import { KIMI, QWEN } from '../support/site.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
let host: Bootstrap | undefined;

afterEach(() => host?.close());

describe('a bootstrap of several epochs', () => {
  it('sends the intent again, after the chain has forgotten it, until the model is eligible', async () => {
    host = await startBootstrap({
      folder: temp.path('epochs'),
      mlNodes: [{}],
      host: { until: 'eligible', load_time: '1s' },
      chain: {
        blockTimeMs: 60,
        params: { epochLength: 200, deployWindow: 60, pocStageDuration: 5 },
        height: 3_874_496 - 160,
        // Too few for the first snapshot, and nobody commits.
        choices: { host2: 'intent' },
        hosts: [2400, 2000, 1600, 1200].map((weight) => ({ weight })),
      },
    });
    const { chain } = host.net;
    const running = host.assay('run', '--json');
    const others = choicesOf(chain, KIMI);
    await vi.waitFor(() => expect(host?.sent()).toBe(1), 30_000);
    await vi.waitFor(async () => expect(await journal()).toMatch(/"preEligible":false/), 30_000);
    expect(host.served()).toEqual([QWEN]);
    // The chain forgets it, and it is stored again.
    await vi.waitFor(() => expect(others.size).toBe(0), 30_000);
    others.set(addressOf('host2'), { kind: 'intent' });
    others.set(addressOf('host3'), { kind: 'intent' });
    await vi.waitFor(() => expect(host?.sent()).toBe(2), 30_000);
    for (const member of chain.hosts) member.commits = true;
    await vi.waitFor(() => expect(host?.served()).toEqual([KIMI]), 30_000);
    const { exitCode, stdout, stderr } = await running;
    expect(exitCode, stderr).toBe(0);
    const { outcome, rounds } = JSON.parse(stdout);
    expect(outcome).toBe('validated');
    // On a slow machine the first snapshot may have been missed.
    expect(
      rounds.slice(-2).map(({ results }: { results: Record<string, unknown> }) => results['poc']),
    ).toEqual([{ eligible: false }, { eligible: true }]);
  }, 90_000);
});

async function journal(): Promise<string> {
  return await readFile(join(host?.runFolder ?? '', 'journal.jsonl'), 'utf8');
}
