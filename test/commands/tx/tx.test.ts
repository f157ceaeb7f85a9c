import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { packageRoot } from '../../../src/paths.js';
import { makeBlock } from '../../../src/simulator/chain/advance.js';
import { choicesOf } from '../../../src/simulator/chain/chain.js';
import type { ChainSimulatorOptions } from '../../../src/simulator/chain/server.js';
import { installInferenced, SIMULATED_PASSPHRASE } from '../../../src/simulator/inferenced/install.js';
import { assay } from '../../support/assay.js';
import { addressOf, KIMI, useChains } from '../../support/chain.js';
import { useTempFolder } from '../../support/temp.js';

const simulate = useChains();
const temp = useTempFolder();
const ME = addressOf('host1');
let folders = 0;

/** A chain, a folder with a stand-in inferenced, and `assay tx …` run in it as host1. */
async function setUp(options: ChainSimulatorOptions = {}) {
  const simulator = await simulate({ blockTimeMs: 50, height: 3_874_226, ...options });
  const folder = temp.path(`tx${folders++}`);
  await mkdir(folder);
  const keys = Object.fromEntries(simulator.chain.hosts.map(({ name, address }) => [name, address]));
  const inferenced = await installInferenced(folder, { keys, passphrase: SIMULATED_PASSPHRASE });
  await writeFile(`${folder}/pass`, `${SIMULATED_PASSPHRASE}\n`, { mode: 0o600 });
  const run = (words: string[], file = `${folder}/pass`, from = 'host1') =>
    assay(
      [
        ...['tx', ...words, '--node', simulator.url, '--from', from, '--inferenced', inferenced],
        ...['--passphrase-file', file],
      ],
      { cwd: folder },
    );
  const stored = (address = ME) => choicesOf(simulator.chain, KIMI).get(address);
  const log = async () => JSON.parse((await assay(['tx', 'log', '--json'], { cwd: folder })).stdout);
  return { ...simulator, folder, inferenced, run, stored, log };
}

describe('tx --dry-run', () => {
  it('prints the exact command, quoted, and needs no inferenced', async () => {
    const { url } = await simulate();
    const model = "it's a model; rm -rf $HOME";
    const { stdout, stderr, exitCode } = await assay([
      ...['tx', 'intent', model, '--node', url, '--from', 'my key', '--dry-run'],
      ...['--inferenced', '/nowhere/inferenced', '--gas-prices', '1ngonka'],
    ]);
    expect(stdout).toBe(
      String.raw`/nowhere/inferenced tx inference declare-poc-intent 'it'\''s a model; rm -rf $HOME' --from 'my key' ` +
        `--node ${url}/chain-rpc/ --chain-id gonka-mainnet --keyring-backend file --gas auto --gas-adjustment 1.3 ` +
        '--gas-prices 1ngonka -y -o json',
    );
    const shell = await execa('sh', ['-c', `printf '%s\\n' ${stdout}`]);
    expect(shell.stdout.split('\n').slice(3, 7)).toEqual(['declare-poc-intent', model, '--from', 'my key']);
    expect(stderr).toMatch(/ERROR +model: .* is not in the chain's PoC parameters/);
    expect(exitCode).toBe(1);
  });

  it('lists what is not checked without an address, and checks it with one', async () => {
    const { url, requestCount } = await simulate();
    const words = ['tx', 'refuse', KIMI, '--node', url, '--from', 'cold', '--dry-run'];
    const without = await assay(words);
    expect(without.stdout).toContain('refuse-poc-delegation moonshotai/Kimi-K2.6 --from cold');
    expect(without.stderr).toMatch(/not checked +my address/);
    expect(without.exitCode).toBe(0);
    const withIt = await assay([...words, '--address', ME, '--json']);
    const { outcome, checks } = JSON.parse(withIt.stdout);
    expect(outcome).toBe('dry_run');
    expect(checks.map(({ check, level }: { check: string; level: string }) => [check, level])).toEqual([
      ['signing key', 'not_checked'],
      ['node', 'ok'],
      ['model', 'ok'],
      ['my address', 'ok'],
      ['stored now', 'ok'],
      ['snapshot', 'ok'],
      ['cost', 'warning'],
    ]);
    expect(requestCount()).toBeGreaterThan(0);
  });

  it("takes the guide's variables", async () => {
    const { url } = await simulate();
    const { stdout } = await assay(['tx', 'clear', KIMI, '--dry-run'], {
      env: {
        NODE: `${url}/chain-rpc/`,
        ASSAY_NODE: '',
        KEY: 'node-2',
        CHAIN_ID: 'testnet',
        KEYRING_BACKEND: 'test',
        KEYRING_DIR: '/',
      },
    });
    expect(stdout).toContain(
      `set-poc-delegation moonshotai/Kimi-K2.6 '' --from node-2 --node ${url}/chain-rpc/ --chain-id testnet --keyring-backend test --keyring-dir / `,
    );
  });

  it('takes the folder of the keyring, which must be there', async () => {
    const { url } = await simulate();
    const tx = ['tx', 'intent', KIMI, '--from', 'node-2', '--node', url, '--dry-run', '--keyring-dir'];
    expect((await assay([...tx, '.'])).stdout).toContain('--keyring-backend file --keyring-dir .');
    expect(await assay([...tx, './none'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('--keyring-dir ./none: no such folder'),
    });
  });
});

describe('tx', () => {
  it('stores an intent, logs it, and sends nothing twice', async () => {
    const { run, stored, chain, log, folder } = await setUp();
    const first = await run(['intent', KIMI, '--json']);
    expect(first.exitCode).toBe(0);
    const report = JSON.parse(first.stdout);
    expect(report).toMatchObject({ outcome: 'stored', address: ME, stored: { kind: 'intent' } });
    expect(chain.txs.get(report.hash)?.height).toBe(report.height);
    expect(stored()).toEqual({ kind: 'intent' });

    const second = await run(['intent', KIMI]);
    expect(second.stdout).toBe(`stored already: intent for ${KIMI}`);
    expect(second.exitCode).toBe(0);
    expect(chain.txs.size).toBe(1);
    expect(await log()).toMatchObject([
      {
        hash: report.hash,
        height: report.height,
        outcome: 'stored',
        model: KIMI,
        choice: { kind: 'intent' },
      },
    ]);
    const written = readFileSync(`${folder}/assay-tx.jsonl`, 'utf8');
    for (const text of [written, first.stdout, first.stderr, second.stderr])
      expect(text).not.toContain(SIMULATED_PASSPHRASE);
  });

  it('replaces it by a delegation, and clears that', async () => {
    // Slow blocks, so that three commands end before the snapshot on any machine.
    const { run, stored } = await setUp({ blockTimeMs: 150 });
    await run(['intent', KIMI]);
    const delegated = await run(['delegate', KIMI, addressOf('host2'), '--check-share', '--yes']);
    expect(delegated.stderr).toMatch(/stored now: intent, which it replaces/);
    expect(delegated.stderr).toMatch(
      /delegate share: voting power 5600 of 9000 with yours: above 30 % it is burned/,
    );
    expect(delegated.exitCode).toBe(0);
    expect(stored()).toEqual({ kind: 'delegation', delegateTo: addressOf('host2') });
    expect((await run(['clear', KIMI])).exitCode).toBe(0);
    expect(stored()).toBeUndefined();
  });

  it('warns of a refusal, and sends it only when that is accepted', async () => {
    const { run, stored } = await setUp();
    const asked = await run(['refuse', KIMI]);
    expect(asked.stderr).toMatch(/WARNING +cost: in a bootstrap the chain treats a refusal like no choice/);
    expect(asked.stderr).toMatch(/nothing was sent: there is no terminal to ask about 1 warning/);
    expect(asked.exitCode).toBe(1);
    expect(stored()).toBeUndefined();
    expect((await run(['refuse', KIMI, '--yes'])).exitCode).toBe(0);
    expect(stored()).toEqual({ kind: 'refusal' });
  });

  it('stops at a node that is catching up', async () => {
    const { run, chain, stored } = await setUp();
    chain.catchingUp = true;
    const { stderr, exitCode } = await run(['intent', KIMI, '--yes']);
    expect(stderr).toMatch(/nothing was sent: node: the node is catching up/);
    expect(exitCode).toBe(1);
    expect(stored()).toBeUndefined();
  });

  it('shows what the keyring says of a wrong passphrase, and not the passphrase', async () => {
    const { run, folder } = await setUp();
    await writeFile(`${folder}/wrong`, 'not-the-right-one\n', { mode: 0o644 });
    const { stderr, exitCode } = await run(['intent', KIMI], `${folder}/wrong`);
    expect(stderr).toMatch(/too many failed passphrase attempts; try again with the right one/);
    expect(stderr).toMatch(/can be read by others/);
    expect(stderr).not.toContain('not-the-right-one');
    expect(exitCode).toBe(1);
  });

  it('takes the passphrase from stdin', async () => {
    const { url, folder, inferenced, stored } = await setUp();
    const words = ['tx', 'intent', KIMI, '--node', url, '--from', 'host1', '--inferenced', inferenced];
    const { exitCode } = await execa(process.execPath, [`${packageRoot}/dist/main.js`, ...words], {
      cwd: folder,
      input: `${SIMULATED_PASSPHRASE}\n`,
      reject: false,
    });
    expect(exitCode).toBe(0);
    expect(stored()).toEqual({ kind: 'intent' });
    const without = await assay(words, { cwd: folder });
    expect(without.stderr).toMatch(/no passphrase on stdin/);
  });

  it('says where to get inferenced, and which keys there are', async () => {
    const { url, run } = await setUp();
    const missing = await assay([
      ...['tx', 'intent', KIMI, '--node', url, '--from', 'host1', '--keyring-backend', 'test'],
      ...['--inferenced', '/nowhere/inferenced'],
    ]);
    expect(missing.stderr).toMatch(/\/nowhere\/inferenced: no such program; get inferenced from https/);
    expect(missing.exitCode).toBe(1);
    const noKey = await run(['intent', KIMI], undefined, 'nobody');
    expect(noKey.stderr).toMatch(/nobody.info: key not found; see `inferenced keys list`/);
  });

  it.each<[string, object, RegExp]>([
    ['a missing fee', { minGasPrice: 11 }, /code 13: insufficient fees.*: add --fees 1144000ngonka/],
    [
      'a sequence mismatch',
      { sequenceMismatches: 1 },
      /code 32: account sequence mismatch.*another transaction/,
    ],
  ])('explains %s, and succeeds when it is gone', async (_name, state, message) => {
    const { run, chain, log } = await setUp();
    Object.assign(chain, state);
    const refused = await run(['intent', KIMI]);
    expect(refused.stderr).toMatch(message);
    expect(refused.exitCode).toBe(1);
    expect((await run(['intent', KIMI, '--fees', '1144000ngonka'])).exitCode).toBe(0);
    expect((await log()).map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      expect.stringMatching(/refused by the mempool with code (13|32)/),
      'stored',
    ]);
  });

  it('says that a transaction may still arrive, finds it later, and never sends it twice', async () => {
    // Slow blocks: a hundred of them make an attempt a lost one.
    const { run, chain, log, stored } = await setUp({ blockTimeMs: 500 });
    chain.holdsTransactions = true;
    const late = await run(['intent', KIMI, '--timeout', '1']);
    expect(late.stderr).toMatch(/is in no block after 1 s; it may still arrive; run the same command again/);
    expect(late.exitCode).toBe(1);
    expect(await log()).toMatchObject([{ outcome: null, height: null }]);

    const again = run(['intent', KIMI]);
    await vi.waitFor(() => expect(chain.mempool).toHaveLength(1), 20_000);
    chain.holdsTransactions = false;
    const { stderr, exitCode } = await again;
    if (!stderr.includes('has stored intent already')) expect(stderr).toMatch(/nothing is sent twice/);
    expect(exitCode).toBe(0);
    expect(stored()).toEqual({ kind: 'intent' });
    expect(chain.txs.size).toBe(1);
  });

  it('is not content with a transaction that fails in its block', async () => {
    const { run, chain, log } = await setUp();
    // With a gas limit of its own nothing is simulated before, and the model goes while it is on its way.
    chain.holdsTransactions = true;
    const running = run(['intent', KIMI, '--gas', '200000']);
    await vi.waitFor(() => expect(chain.mempool).toHaveLength(1), 20_000);
    chain.models.pop();
    chain.holdsTransactions = false;
    const { stderr, exitCode } = await running;
    expect(stderr).toMatch(/failed in block \d+ with code 1134: moonshotai\/Kimi-K2\.6: model not found/);
    expect(exitCode).toBe(1);
    expect(await log()).toMatchObject([{ outcome: 'failed with code 1134' }]);
  });

  it('checks and sends nothing for an address that the key does not sign for', async () => {
    const { run, requestCount } = await setUp();
    const before = requestCount();
    const { stderr, exitCode } = await run(['intent', KIMI, '--address', addressOf('host6'), '--yes']);
    expect(stderr).toMatch(
      /^assay: nothing was sent: key "host1" signs for gonka1\w+, and the address that is given/,
    );
    expect(exitCode).toBe(1);
    expect(requestCount()).toBe(before);
    const byAddress = await run(['intent', KIMI, '--address', addressOf('host6')], undefined, ME);
    expect(byAddress.stderr).toMatch(/^assay: nothing was sent: the key is that of/);
  });

  it('does not wait when it is told so', async () => {
    const { run, chain, log } = await setUp({ blockTimeMs: 60_000 });
    const { stdout, exitCode } = await run(['intent', KIMI, '--no-wait']);
    expect(stdout).toMatch(/^broadcast: [0-9A-F]{64}$/);
    expect(exitCode).toBe(0);
    expect(await log()).toMatchObject([{ outcome: null }]);
    makeBlock(chain, new Date());
    expect((await run(['intent', KIMI])).stdout).toMatch(/^stored already/);
  });

  it('has an empty log in a new folder', async () => {
    const { folder } = await setUp();
    expect((await assay(['tx', 'log'], { cwd: folder })).stdout).toBe('nothing was sent from this folder');
    expect(existsSync(`${folder}/assay-tx.jsonl`)).toBe(false);
  });
});

describe.runIf(existsSync('/usr/bin/script'))('tx on a terminal', () => {
  it('lets inferenced ask for the passphrase itself, and asks about warnings', async () => {
    const { url, folder, inferenced, stored } = await setUp();
    const words = ['tx', 'refuse', KIMI, '--node', url, '--from', 'host1', '--address', ME];
    const line = [process.execPath, `${packageRoot}/dist/main.js`, ...words, '--inferenced', inferenced];
    const terminal = execa(
      '/usr/bin/script',
      ['-qec', line.map((word) => `'${word}'`).join(' '), '/dev/null'],
      {
        cwd: folder,
        reject: false,
        env: { TERM: 'xterm' },
      },
    );
    onTestFinished(() => {
      terminal.kill();
    });
    let shown = '';
    terminal.stdout.on('data', (chunk) => {
      shown += String(chunk);
    });
    const answer = async (question: RegExp, text: string) => {
      await vi.waitFor(() => expect(shown).toMatch(question), 20_000);
      terminal.stdin.write(`${text}\r`);
    };
    await answer(/Enter keyring passphrase \(attempt 1\/3\)/, SIMULATED_PASSPHRASE);
    await answer(/1 warning; send refusal .*\[y\/N\]/, 'y');
    await answer(/\[y\/N\][\s\S]*Enter keyring passphrase \(attempt 1\/3\)/, 'wrong-passphrase');
    await answer(/Enter keyring passphrase \(attempt 2\/3\)/, SIMULATED_PASSPHRASE);
    const { exitCode } = await terminal;
    expect(exitCode).toBe(0);
    expect(stored()).toEqual({ kind: 'refusal' });
    expect(shown).not.toContain(SIMULATED_PASSPHRASE);
  });
});
