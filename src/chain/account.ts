import { HttpFault } from '../http/fault.js';
import validateAccountInfo from '../schemas/generated/chain-account-info.js';
import type { WireInteger } from './integer.js';
import { isPassing, type ReadOptions, readNode } from './read.js';

/**
 * How many transactions of an account the chain has taken into blocks: the number that its next one must carry.
 *
 * @returns null where the node does not tell (an account that is not on the chain, or a proxy that keeps this closed)
 * @throws HttpFault when the node does not answer for now
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
