import { addressFault } from '../chain/address.js';
import { AssayError } from '../errors.js';
import type { TxFinding } from './checks.js';
import type { Keyring, Signer } from './command-line.js';
import { type Inferenced, showKeyAddress } from './inferenced.js';

/**
 * Finds the account of the transaction. The key signs only for its own address. With another address, all
 * checks and all reading back would be about somebody else.
 *
 * @param expected the address that the user gave in addition to the key's name
 * @param inferenced undefined: the keyring is not asked
 * @returns the host's address, and the account that signs and pays; for a warm key they differ
 * @throws AssayError when the key has another address
 */
export async function signingAddress(
  expected: string | undefined,
  signer: Keyring & Pick<Signer, 'granter'>,
  inferenced: Inferenced | undefined,
): Promise<{ address: string | undefined; account: string | undefined; findings: TxFinding[] }> {
  if (signer.granter === undefined) {
    const own = await ownAddress(expected, signer, inferenced);
    return { ...own, account: own.address };
  }
  if (expected !== undefined && expected !== signer.granter)
    throw new AssayError(
      `nothing was sent: the granter is ${signer.granter}, and the address that is given is ${expected}`,
      {
        advice: 'give the address of the host’s own account as both',
      },
    );
  const { address: account, findings } = await ownAddress(undefined, signer, inferenced);
  return { address: signer.granter, account, findings };
}

async function ownAddress(
  expected: string | undefined,
  signer: Keyring,
  inferenced: Inferenced | undefined,
): Promise<{ address: string | undefined; findings: TxFinding[] }> {
  const { from } = signer;
  const isAddress = addressFault(from) === undefined;
  const own = isAddress || inferenced === undefined ? from : await showKeyAddress(inferenced, signer);
  if (!isAddress && inferenced === undefined) return { address: expected, findings: [notAsked(from)] };
  if (expected !== undefined && expected !== own)
    throw new AssayError(
      isAddress
        ? `nothing was sent: the key is that of ${own}, and the address that is given is ${expected}`
        : `nothing was sent: key "${from}" signs for ${own}, and the address that is given is ${expected}`,
      { advice: 'give the key of that address, or the address of that key' },
    );
  return {
    address: own,
    findings: isAddress
      ? []
      : [{ check: 'signing key', level: 'ok', text: `${from} has the address ${own}` }],
  };
}

function notAsked(from: string): TxFinding {
  return {
    check: 'signing key',
    level: 'not_checked',
    text: `a dry run does not ask the keyring whether "${from}" has that address`,
  };
}
