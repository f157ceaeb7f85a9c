import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import { choicesOf } from '../../src/simulator/chain/chain.js';
import { installInferenced } from '../../src/simulator/inferenced/install.js';
import { type SendRequest, sendChoice } from '../../src/tx/send.js';
import { warmKeyFinding } from '../../src/tx/warm-key.js';
import { addressOf, KIMI, useChains } from '../support/chain.js';
import { useTempFolder } from '../support/temp.js';

const simulate = useChains();
const temp = useTempFolder();
const HOST = addressOf('host1');
const WARM = addressOf('warm');
let folders = 0;

/** @param program what stands in front of inferenced; `$REAL` is the real one */
async function setUp(version = 'v0.2.16', program?: string) {
  const { chain, url } = await simulate({ blockTimeMs: 100, height: 3_874_226, version });
  const folder = temp.path(`warm${folders++}`);
  await mkdir(folder);
  const real = await installInferenced(folder, { keys: { warm: WARM }, passphrase: 'x'.repeat(8) });
  const path = program === undefined ? real : `${folder}/front`;
  if (program !== undefined) {
    await writeFile(path, `#!/bin/sh\nREAL=${real}\n${program}\n`);
    await chmod(path, 0o755);
  }
  const terminal = {
    ...{ out: () => {}, command: () => {}, say: () => {}, colors: createColors(false) },
    ...{ interactive: false, canAsk: false, width: 100 },
  };
  const send = (changes: Partial<SendRequest> = {}) =>
    sendChoice(
      {
        model: KIMI,
        wanted: { kind: 'intent' },
        signer: {
          ...{ from: 'warm', granter: HOST, nodeUrl: url, chainId: 'gonka-mainnet', keyringBackend: 'test' },
          ...{ gas: 'auto', gasAdjustment: '1.3', gasPrices: undefined, keyringDir: folder },
        },
        ...{ address: undefined, inferencedPath: path, passphraseFile: undefined },
        ...{ rules: 'auto', checkShare: false, dryRun: false, acceptWarnings: true, again: false },
        ...{ waitForBlock: true, timeoutMs: 60_000, logPath: `${folder}/assay-tx.jsonl` },
        ...changes,
      },
      { terminal, signal: new AbortController().signal },
    );
  return { chain, send, folder };
}

describe('an intent that a warm key signs', () => {
  it('is made in the host’s name, executed by the warm key, and stored for the host', async () => {
    const { chain, send } = await setUp();
    chain.grants.set(WARM, HOST);
    expect(await send()).toMatchObject({ outcome: 'stored', address: HOST, stored: { kind: 'intent' } });
    expect(choicesOf(chain, KIMI).get(HOST)).toEqual({ kind: 'intent' });
    expect([chain.sequences.get(WARM), chain.sequences.get(HOST)]).toEqual([1, undefined]);
    expect((await send()).outcome).toBe('already_stored');
  });

  it('is refused without the grant, with what grants it', async () => {
    const { send } = await setUp();
    await expect(send()).rejects.toMatchObject({
      message: expect.stringContaining('authorization not found'),
      line: expect.stringContaining('grant-ml-ops-permissions'),
    });
  });

  it('passes the granter on where the binary takes it', async () => {
    const seen = `$(dirname "$0")/seen`;
    const { send, folder } = await setUp(
      'v0.2.16',
      `case "$*" in *--help*) echo '      --granter string   account'; exit 0;; keys*) exec $REAL "$@";; esac\necho "$*" > ${seen}; echo 'Error: key not found' >&2; exit 1`,
    );
    await expect(send()).rejects.toThrow(/key not found/);
    expect(await readFile(`${folder}/seen`, 'utf8')).toMatch(
      new RegExp(`declare-poc-intent ${KIMI} --from warm .*--keyring-dir \\S+ .*--granter ${HOST}`),
    );
  });

  it('prints both commands in a dry run, and asks no keyring', async () => {
    const { send } = await setUp();
    const { outcome, command } = await send({ dryRun: true, inferencedPath: 'inferenced' });
    expect(outcome).toBe('dry_run');
    expect(command.split('\n')).toEqual([
      `inferenced tx inference declare-poc-intent ${KIMI} --from ${HOST} --generate-only --offline --account-number 0 --sequence 0 > intent.json`,
      expect.stringMatching(/^inferenced tx authz exec intent\.json --from warm --node .* -y -o json$/),
    ]);
  });

  it('is refused on an older chain, for another choice, and for another address', async () => {
    const { send } = await setUp('v0.2.15');
    await expect(send()).rejects.toThrow(/chain v0\.2\.15 does not allow intents by warm keys/);
    await expect(send({ wanted: { kind: 'refusal' } })).rejects.toThrow(/only intents/);
    await expect(send({ address: addressOf('host2') })).rejects.toThrow(/the granter is/);
    expect(warmKeyFinding(HOST, { kind: 'intent' }, '').level).toBe('warning');
    expect(warmKeyFinding('gonka1x', { kind: 'intent' }, 'v0.2.16').level).toBe('error');
    expect(warmKeyFinding(HOST, { kind: 'intent' }, 'v0.2.16-post3').level).toBe('ok');
  });
});
