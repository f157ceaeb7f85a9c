import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addressOf, choicesOf } from '../../src/simulator/chain/chain.js';
import { type Bootstrap, POC_START, startBootstrap } from '../support/bootstrap.js';
import { KIMI, QWEN } from '../support/site.js';
import { useTempFolder } from '../support/temp.js';

const WINDOW = 200;
const EPOCH = WINDOW + 120;
const temp = useTempFolder();
let host: Bootstrap | undefined;

afterEach(() => host?.close());

describe('a bootstrap of several epochs', () => {
  it('sends the intent in each, goes back where a snapshot says no, and ends when the model is eligible', async () => {
    host = await startBootstrap({
      folder: temp.path('epochs'),
      mlNodes: [{}],
      host: { until: 'eligible', load_time: '1s' },
      chain: {
        blockTimeMs: 60,
        params: { epochLength: EPOCH, deployWindow: WINDOW, pocStageDuration: 5 },
        height: POC_START - WINDOW - 80,
        choices: { host2: 'intent', host3: 'intent' },
        hosts: [2400, 2000, 1600, 1200].map((weight) => ({ weight })),
      },
    });
    const { chain } = host.net;
    const others = choicesOf(chain, KIMI);
    // No block is made before the transaction is there, however busy this machine is.
    chain.paused = true;
    const running = host.assay('run', '--json');
    const until = (check: () => unknown) => vi.waitFor(check, { timeout: 30_000, interval: 20 });
    const untilStored = (times: number) => until(() => expect(host?.sent()).toBe(times));
    const untilEnded = (step: string, times: number) =>
      until(async () => expect((await journal()).split(`"end","step":"${step}"`)).toHaveLength(times + 1));
    /** Nothing happens in between. */
    const skipTo = (height: number) => {
      chain.height = Math.max(chain.height, height - 2);
    };
    /** What is under way on the nodes takes no block; there is time for it before PoC. */
    const stopBefore = (height: number) => {
      chain.paused = true;
      skipTo(height - WINDOW / 2);
    };
    const goOn = () => {
      chain.paused = false;
    };

    // Pre-eligible, but nobody commits.
    await until(() => expect(chain.mempool).toHaveLength(1));
    goOn();
    await untilStored(1);
    skipTo(POC_START - WINDOW);
    await until(() => expect(host?.served()).toEqual([KIMI]));
    stopBefore(POC_START);
    await untilEnded('switch', 1);
    skipTo(POC_START);
    goOn();
    // The chain has forgotten every intent, and only this host sends its own again.
    await untilStored(2);
    expect(others.size).toBe(1);
    skipTo(POC_START + EPOCH - WINDOW);
    await until(() => expect(host?.served()).toEqual([QWEN]));
    stopBefore(POC_START + EPOCH);
    await untilEnded('restore', 1);
    skipTo(POC_START + EPOCH);
    goOn();
    await untilStored(3);
    for (const name of ['host2', 'host3']) others.set(addressOf(name), { kind: 'intent' });
    for (const member of chain.hosts) member.commits = true;
    skipTo(POC_START + 2 * EPOCH - WINDOW);
    await until(() => expect(host?.served()).toEqual([KIMI]));
    stopBefore(POC_START + 2 * EPOCH);
    await untilEnded('switch', 2);
    skipTo(POC_START + 2 * EPOCH);
    goOn();

    const { exitCode, stdout, stderr } = await running;
    expect([exitCode, host.served()], stderr).toEqual([0, [KIMI]]);
    const { outcome, rounds, nodes } = JSON.parse(stdout);
    expect([outcome, nodes]).toMatchObject([
      'validated',
      [{ holds: 'new', validation: { verdict: 'PASS' } }],
    ]);
    expect(rounds.map(({ results }: { results: Record<string, unknown> }) => results['poc'])).toEqual([
      { eligible: false },
      { eligible: false },
      { eligible: true },
    ]);
    // Registered, switched, taken back, switched.
    expect(host.changes()).toEqual({ node1: 4 });
  });
});

async function journal(): Promise<string> {
  return await readFile(join(host?.runFolder ?? '', 'journal.jsonl'), 'utf8');
}
