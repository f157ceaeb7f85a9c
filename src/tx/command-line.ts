import type { Choice } from '../chain/choice.js';
import { UsageError } from '../errors.js';

/** How to call `inferenced`, apart from the message to send. */
export interface Signer {
  /** Name of the key, or address of the account. */
  from: string;
  nodeUrl: string;
  chainId: string;
  keyringBackend: string;
  /** Folder of the keyring; undefined: the binary's own. */
  keyringDir?: string | undefined;
  gas: string;
  gasAdjustment: string;
  /** Price of gas, for example `1ngonka`, where governance asks for a fee. */
  gasPrices: string | undefined;
  /** The whole fee instead of a price, for example `1000000ngonka`. */
  fees?: string | undefined;
  /** The host's own account, where `from` is one of its warm keys. */
  granter?: string | undefined;
}

/** The arguments of the transaction that makes the chain store a choice. */
export function txArguments(model: string, choice: Choice, signer: Signer): string[] {
  return ['tx', 'inference', ...messageOf(model, choice), ...broadcastOptions(signer)];
}

/** The same for an intent that a warm key signs, when the binary has a flag for the granter. */
export function granterArguments(model: string, signer: Signer): string[] {
  const granter = signer.granter === undefined ? [] : option('--granter', signer.granter);
  return [...txArguments(model, { kind: 'intent' }, signer), ...granter];
}

/** The arguments that print the unsigned message of an intent: this needs no key of the account. */
export function unsignedArguments(model: string, granter: string): string[] {
  return [
    ...['tx', 'inference', ...messageOf(model, { kind: 'intent' })],
    ...option('--from', granter),
    ...['--generate-only', '--offline', '--account-number', '0', '--sequence', '0'],
  ];
}

/** The arguments with which a key executes a message for another account that has granted it this right. */
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

/** The arguments that print a key's address. */
export function keyArguments(signer: Keyring): string[] {
  return ['keys', 'show', plain(signer.from), '-a', ...keyringOptions(signer)];
}

/** The place of a key. */
export type Keyring = Pick<Signer, 'from' | 'keyringBackend' | 'keyringDir'>;

function keyringOptions({ keyringBackend, keyringDir }: Omit<Keyring, 'from'>): string[] {
  const folder = keyringDir === undefined ? [] : option('--keyring-dir', keyringDir);
  return [...option('--keyring-backend', keyringBackend), ...folder];
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

/** The binary would read a value that starts with a dash as an option. */
function plain(value: string): string {
  if (!value.startsWith('-')) return value;
  throw new UsageError(`"${value}" cannot be passed to inferenced: it begins with a dash`);
}
