import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createColors } from 'picocolors';
import { describe, expect, it, vi } from 'vitest';
import type { Choice } from '../../src/chain/choice.js';
import { makeBlock } from '../../src/simulator/chain/advance.js';
import { choicesOf, type SimulatedChain } from '../../src/simulator/chain/chain.js';
import { installInferenced } from '../../src/simulator/inferenced/install.js';
import { type SendRequest, sendChoice } from '../../src/tx/send.js';
import { readTxLog } from '../../src/tx/tx-log.js';
import { addressOf, KIMI, useChains } from '../support/chain.js';
import { useTempFolder } from '../support/temp.js';

const simulate = useChains();
const temp = useTempFolder();
const ME = addressOf('host1');
const INTENT: Choice = { kind: 'intent' };
let folders = 0;

/** The node takes the transaction, and the answer is lost. */
const LOST_ANSWER = (real: string) => `${real} "$@" >/dev/null 2>&1
echo 'gas estimate: 84213' >&2; echo 'Error: post failed: Post "http://x/chain-rpc/": EOF' >&2; exit 1`;
/** Nothing comes to the node. */
const LOST_REQUEST = () => "echo 'Error: post failed: context deadline exceeded' >&2; exit 1";

/** A chain whose blocks come when the test makes them, and a sender behind a faulty inferenced. */
async function setUp(fault: (real: string) => string) {
  const { chain, url } = await simulate({ paused: true, blockTimeMs: 100, height: 3_874_226 });
  const folder = temp.path(`send${folders++}`);
  await mkdir(folder);
  const keys = Object.fromEntries(chain.hosts.map(({ name, address }) => [name, address]));
  const real = await installInferenced(folder, { keys, passphrase: 'x'.repeat(8) });
  const faulty = `${folder}/faulty`;
  await writeFile(faulty, `#!/bin/sh\n[ "$1" = keys ] && exec ${real} "$@"\n${fault(real)}\n`);
  await chmod(faulty, 0o755);
  const said: string[] = [];
  const terminal = {
    ...{
      out: () => {},
      command: () => {},
      say: (text: string) => said.push(text),
      colors: createColors(false),
    },
    ...{ interactive: false, canAsk: false, width: 100 },
  };
  const controller = new AbortController();
  const send = (options: Partial<SendRequest> = {}) =>
    sendChoice(
      {
        model: KIMI,
        wanted: INTENT,
        signer: {
          ...{ from: ME, nodeUrl: url, chainId: 'gonka-mainnet', keyringBackend: 'test' },
          ...{ gas: 'auto', gasAdjustment: '1.3', gasPrices: undefined },
        },
        address: ME,
        inferencedPath: faulty,
        passphraseFile: undefined,
        ...{ rules: 'auto', checkShare: false, dryRun: false, acceptWarnings: true, again: false },
        ...{ waitForBlock: true, timeoutMs: 60_000, logPath: `${folder}/assay-tx.jsonl` },
        ...options,
      },
      { terminal, signal: controller.signal },
    );
  const outcomes = async () => (await readTxLog(`${folder}/assay-tx.jsonl`)).map(({ outcome }) => outcome);
  return { chain, send, real, said, outcomes, controller };
}

const blocks = (chain: SimulatedChain, count = 1) => {
  for (let block = 0; block < count; block++) makeBlock(chain, new Date());
};

describe('an answer that was lost', () => {
  it('is looked for on the chain, and what is stored is found', async () => {
    const { chain, send, outcomes, said } = await setUp(LOST_ANSWER);
    const running = send();
    await vi.waitFor(() => expect(said.join('\n')).toMatch(/EOF; it may have been sent: looking/), 20_000);
    blocks(chain);
    expect(await running).toMatchObject({ outcome: 'stored', stored: INTENT, hash: null, height: null });
    expect(chain.txs.size).toBe(1);
    expect(await outcomes()).toEqual(['stored']);
  });

  it('stays unknown until then, and a second transaction needs --again', async () => {
    const { chain, send, outcomes, real, said } = await setUp(LOST_ANSWER);
    await expect(send({ timeoutMs: 300 })).rejects.toMatchObject({
      message: expect.stringMatching(/whether the intent was sent is not known/),
      advice: expect.stringMatching(/run the same command again: .* --again/),
    });
    expect(await outcomes()).toEqual([null]);
    // Another choice would be in its way as well.
    for (const wanted of [INTENT, { kind: 'refusal' } as Choice])
      await expect(send({ timeoutMs: 300, wanted, inferencedPath: real })).rejects.toThrow(/not known/);
    expect(chain.mempool).toHaveLength(1);
    // It is the same transaction, and the node has it already (code 19): that is no refusal.
    const again = send({ again: true, timeoutMs: 300, inferencedPath: real });
    await expect(again).rejects.toThrow(/^[0-9A-F]{64} is in no block/);
    expect(said).toContainEqual(expect.stringMatching(/^the node has it already/));
    blocks(chain);
    expect(await send({ inferencedPath: real })).toMatchObject({ outcome: 'already_stored' });
    expect(chain.txs.size).toBe(1);
  });
});

describe('a request that was lost', () => {
  it('is sent again with --again', async () => {
    const { chain, send, real, outcomes } = await setUp(LOST_REQUEST);
    await expect(send({ timeoutMs: 200 })).rejects.toThrow(/not known/);
    const running = send({ again: true, inferencedPath: real });
    await vi.waitFor(() => expect(chain.mempool).toHaveLength(1), 20_000);
    blocks(chain);
    expect(await running).toMatchObject({ outcome: 'stored' });
    expect(await outcomes()).toEqual([null, 'stored']);
  });

  it('is sent again after a hundred blocks', async () => {
    const { chain, send, real, outcomes } = await setUp(LOST_REQUEST);
    await expect(send({ timeoutMs: 200 })).rejects.toThrow(/not known/);
    blocks(chain, 101);
    const running = send({ inferencedPath: real });
    await vi.waitFor(() => expect(chain.mempool).toHaveLength(1), 20_000);
    blocks(chain);
    expect(await running).toMatchObject({ outcome: 'stored' });
    expect(await outcomes()).toEqual([expect.stringMatching(/^lost: not in a block after 100/), 'stored']);
  });

  it("is lost as soon as the account's sequence has moved on without it", async () => {
    const { chain, send, outcomes, real } = await setUp(LOST_REQUEST);
    await expect(send({ timeoutMs: 200 })).rejects.toThrow(/not known/);
    chain.blockSequences.set(ME, 1);
    chain.sequences.set(ME, 1);
    const running = send({ inferencedPath: real });
    await vi.waitFor(() => expect(chain.mempool).toHaveLength(1), 20_000);
    blocks(chain);
    expect(await running).toMatchObject({ outcome: 'stored' });
    expect((await outcomes())[0]).toMatch(/^lost: the account has sent other transactions/);
  });

  it('is not taken for stored when another choice is', async () => {
    const { chain, send } = await setUp(LOST_REQUEST);
    await expect(send({ timeoutMs: 200 })).rejects.toThrow(/not known/);
    choicesOf(chain, KIMI).set(ME, { kind: 'refusal' });
    await expect(send({ timeoutMs: 200 })).rejects.toThrow(/not known/);
  });
});

it('says that nothing is known when it is interrupted in the middle', async () => {
  const { send, said, controller, outcomes } = await setUp(() => 'sleep 20 & sleep 20');
  const running = send();
  await vi.waitFor(async () => expect(await outcomes()).toEqual([null]), 20_000);
  controller.abort(new Error('interrupted'));
  await expect(running).rejects.toThrow('interrupted');
  expect(said.at(-1)).toMatch(/it is not known whether it was sent/);
  expect(await outcomes()).toEqual([null]);
});
