import { HttpFault } from '../http/fault.js';
import validateAccountInfo from '../schemas/generated/chain-account-info.js';
import type { WireInteger } from './integer.js';
import { isPassing, type ReadOptions, readNode } from './read.js';

/**
 * Reads how many transactions of an account are in blocks: the sequence number that its next one must carry.
 *
 * @returns null where the node does not say (the account is not on the chain, or a proxy blocks the call)
 * @throws HttpFault when the node does not answer now
 */
export async function readSequence(
  nodeUrl: string,
  address: string,
  options?: ReadOptions,
): Promise<bigint | null> {
  const path = `/chain-api/cosmos/auth/v1beta1/account_info/${encodeURIComponent(address)}`;
  try {
    const { info } = await readNode<{ info: { sequence: WireInteger } }>(
      nodeUrl,
      path,
      validateAccountInfo,
      options,
    );
    return BigInt(info.sequence.toString());
  } catch (error) {
    options?.signal?.throwIfAborted();
    if (error instanceof HttpFault && isPassing(error)) throw error;
    return null;
  }
}
