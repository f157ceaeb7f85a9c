import type { ValidateFunction } from 'ajv';
import { HttpFault } from '../http/fault.js';
import validateAbciInfo from '../schemas/generated/rpc-abci-info.js';
import validateHeader from '../schemas/generated/rpc-header.js';
import validateStatus from '../schemas/generated/rpc-status.js';
import validateTx from '../schemas/generated/rpc-tx.js';
import { toNumber, type WireInteger } from './integer.js';
import { type ReadOptions, readNode } from './read.js';

/** The newest block of a node. */
export interface SyncInfo {
  height: number;
  time: Date;
  /** The node is still syncing: its answers are old. */
  catchingUp: boolean;
}

/** A transaction in a block; only code 0 is success. */
export interface IncludedTx {
  height: number;
  code: number;
  log: string;
}

/** Reads the result of a CometBFT RPC method. */
export async function readRpc<T>(
  nodeUrl: string,
  method: string,
  params: Record<string, string>,
  validate: ValidateFunction,
  options?: ReadOptions,
): Promise<T> {
  const query = new URLSearchParams(params).toString();
  const path = `/chain-rpc/${method}${query === '' ? '' : `?${query}`}`;
  return (await readNode<{ result: T }>(nodeUrl, path, validate, options)).result;
}

/** Reads how far the node has synced. */
export async function readSyncInfo(nodeUrl: string, options?: ReadOptions): Promise<SyncInfo> {
  const { sync_info } = await readRpc<{
    sync_info: { latest_block_height: WireInteger; latest_block_time: string; catching_up: boolean };
  }>(nodeUrl, 'status', {}, validateStatus, options);
  return {
    height: toNumber(sync_info.latest_block_height),
    time: new Date(sync_info.latest_block_time),
    catchingUp: sync_info.catching_up,
  };
}

/** Reads the time of a block. */
export async function readBlockTime(nodeUrl: string, height: number, options?: ReadOptions): Promise<Date> {
  const { header } = await readRpc<{ header: { time: string } }>(
    nodeUrl,
    'header',
    { height: String(height) },
    validateHeader,
    options,
  );
  return new Date(header.time);
}

/** Reads a transaction; undefined while no block has it. */
export async function readTx(
  nodeUrl: string,
  hash: string,
  options?: ReadOptions,
): Promise<IncludedTx | undefined> {
  try {
    const { height, tx_result } = await readRpc<{
      height: WireInteger;
      tx_result: { code?: WireInteger; log?: string | null };
    }>(nodeUrl, 'tx', { hash: `0x${hash}` }, validateTx, options);
    return { height: toNumber(height), code: toNumber(tx_result.code), log: tx_result.log ?? '' };
  } catch (error) {
    if (rpcSays(error, /not found/i)) return undefined;
    throw error;
  }
}

/** The chain's version, for example `v0.2.16`; empty where the node does not report it. */
export async function readChainVersion(nodeUrl: string, options?: ReadOptions): Promise<string> {
  try {
    const { response } = await readRpc<{ response: { version?: string | null } }>(
      nodeUrl,
      'abci_info',
      {},
      validateAbciInfo,
      options,
    );
    return response.version ?? '';
  } catch (error) {
    // A proxy may block this query. The rules of the guide are used then.
    if (error instanceof HttpFault && (error.outcome === 'absent' || error.outcome === 'rejected')) return '';
    throw error;
  }
}

/** Whether an RPC fault (always HTTP 500) has this text. */
export function rpcSays(error: unknown, text: RegExp): error is HttpFault {
  return error instanceof HttpFault && error.status === 500 && text.test(error.detail);
}
