import type { Choice } from '../chain/choice.js';
import { UsageError } from '../errors.js';

/** How `inferenced` is called, apart from what it is to send. */
export interface Signer {
  /** Name of the key, or the account's address. */
  from: string;
  nodeUrl: string;
  chainId: string;
  keyringBackend: string;
  /** Folder of the keyring; undefined: the binary's own. */
  keyringDir?: string | undefined;
  gas: string;
  gasAdjustment: string;
  /** For example `1ngonka`, where governance asks for a fee. */
  gasPrices: string | undefined;
  /** The whole fee, in place of a price, for example `1000000ngonka`. */
  fees?: string | undefined;
  /** The host's own account, where `from` is a warm key of it. */
  granter?: string | undefined;
}

/** The arguments of the transaction that makes the chain store a choice. */
export function txArguments(model: string, choice: Choice, signer: Signer): string[] {
  return ['tx', 'inference', ...messageOf(model, choice), ...broadcastOptions(signer)];
}

/** The same for an intent that a warm key signs, by a binary that takes the granter itself. */
export function granterArguments(model: string, signer: Signer): string[] {
  const granter = signer.granter === undefined ? [] : option('--granter', signer.granter);
  return [...txArguments(model, { kind: 'intent' }, signer), ...granter];
}

/** The arguments that print the message of an intent, unsigned: no key of the account is needed. */
export function unsignedArguments(model: string, granter: string): string[] {
  return [
    ...['tx', 'inference', ...messageOf(model, { kind: 'intent' })],
    ...option('--from', granter),
    ...['--generate-only', '--offline', '--account-number', '0', '--sequence', '0'],
  ];
}

/** The arguments by which a key executes a message that another account has granted it. */
export function execArguments(file: string, signer: Signer): string[] {
  return ['tx', 'authz', 'exec', plain(file), ...broadcastOptions(signer)];
}

function broadcastOptions(signer: Signer): string[] {
  return [
    ...option('--from', signer.from),
    ...option('--node', `${signer.nodeUrl}/chain-rpc/`),
    ...option('--chain-id', signer.chainId),
    ...keyringOptions(signer),
    ...option('--gas', signer.gas),
    ...option('--gas-adjustment', signer.gasAdjustment),
    ...(signer.gasPrices === undefined ? [] : option('--gas-prices', signer.gasPrices)),
    ...(signer.fees === undefined ? [] : option('--fees', signer.fees)),
    '-y',
    ...option('-o', 'json'),
  ];
}

/** The arguments that print the address of a key. */
export function keyArguments(signer: Keyring): string[] {
  return ['keys', 'show', plain(signer.from), '-a', ...keyringOptions(signer)];
}

/** Where a key is. */
export type Keyring = Pick<Signer, 'from' | 'keyringBackend' | 'keyringDir'>;

function keyringOptions({ keyringBackend, keyringDir }: Omit<Keyring, 'from'>): string[] {
  const folder = keyringDir === undefined ? [] : option('--keyring-dir', keyringDir);
  return [...option('--keyring-backend', keyringBackend), ...folder];
}

/** A command as one line that a POSIX shell reads back as the same words. */
export function quoteForShell(words: string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ');
}

function messageOf(model: string, choice: Choice): string[] {
  if (choice.kind === 'intent') return ['declare-poc-intent', plain(model)];
  if (choice.kind === 'refusal') return ['refuse-poc-delegation', plain(model)];
  const delegatee = choice.kind === 'delegation' ? plain(choice.delegateTo) : '';
  return ['set-poc-delegation', plain(model), delegatee];
}

function option(flag: string, value: string): string[] {
  return [flag, plain(value)];
}

/** What begins with a dash would be read as an option by the other side. */
function plain(value: string): string {
  if (!value.startsWith('-')) return value;
  throw new UsageError(`"${value}" cannot be passed to inferenced: it begins with a dash`);
}
