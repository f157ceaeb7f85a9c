import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressFault } from '../chain/address.js';
import type { Choice } from '../chain/choice.js';
import { isVersionBelow } from '../chain/rules/version.js';
import { UsageError } from '../errors.js';
import type { TxFinding } from './checks.js';
import { execArguments, granterArguments, type Signer, unsignedArguments } from './command-line.js';
import { helpOf, type Inferenced, makeTx } from './inferenced.js';

/** From this version on the chain lets a host grant its warm keys the right to declare its intents. */
const GRANTED_FROM = [0, 2, 16];

/** The arguments of one call of `inferenced` that broadcasts, and how to remove its temporary files. */
export interface Prepared {
  args: string[];
  clear(): Promise<void>;
}

/**
 * Why a warm key can or cannot send a choice for its host.
 *
 * @param version the chain's version; empty where the node does not report it
 */
export function warmKeyFinding(granter: string, wanted: Choice, version: string): TxFinding {
  const of = (level: TxFinding['level'], text: string): TxFinding => ({ check: 'warm key', level, text });
  const fault = addressFault(granter);
  if (fault !== undefined) return of('error', `--granter ${granter}: ${fault}`);
  if (wanted.kind !== 'intent') return of('error', 'it can send only intents: use the cold key for this');
  const isOlder = isVersionBelow(version, GRANTED_FROM);
  if (isOlder === true)
    return of(
      'error',
      `chain ${version} does not allow intents by warm keys (v0.2.16 does): use the cold key`,
    );
  if (isOlder === undefined)
    return of(
      'warning',
      'the node does not report the chain version; warm keys send intents from v0.2.16 on',
    );
  return of('ok', `it signs for ${granter} (chain ${version})`);
}

/**
 * Makes the call with which the chain stores an intent of the granter, signed by the warm key. Where the
 * binary has `--granter`, one call is enough. Otherwise the unsigned message is made first, in the granter's
 * name, and a second call executes it.
 *
 * @throws AssayError when the binary fails to make the message
 */
export async function prepareWarmTx(
  inferenced: Inferenced,
  model: string,
  signer: Signer,
): Promise<Prepared> {
  const granter = granterOf(signer);
  const help = await helpOf(inferenced, ['tx', 'inference', 'declare-poc-intent']);
  if (/(?<![\w-])--granter\b/.test(help)) return { args: granterArguments(model, signer), async clear() {} };
  const folder = await mkdtemp(join(tmpdir(), 'assay-intent-'));
  const clear = () => rm(folder, { recursive: true, force: true });
  try {
    const file = join(folder, 'intent.json');
    await writeFile(file, await makeTx(inferenced, unsignedArguments(model, granter)), { mode: 0o600 });
    return { args: execArguments(file, signer), clear };
  } catch (error) {
    await clear();
    throw error;
  }
}

/** The same as shell commands, for a user to read. */
export function warmCommands(model: string, signer: Signer): string[][] {
  return [unsignedArguments(model, granterOf(signer)), execArguments('intent.json', signer)];
}

function granterOf({ granter }: Signer): string {
  if (granter === undefined) throw new UsageError('a warm key needs --granter');
  return granter;
}
