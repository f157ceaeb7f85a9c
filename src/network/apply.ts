import { AssayError } from '../errors.js';
import { HttpFault } from '../http/fault.js';
import type { AdminClient, ListedNode } from './admin-client.js';
import { differences } from './compare.js';
import type { NodeObject } from './node-object.js';
import { readBack } from './read-back.js';

export type Applied = 'created' | 'updated' | 'unchanged';

/** The network node accepted a node object, but stored it with differences. */
export class NotAsSent extends AssayError {
  override name = 'NotAsSent';
}

/**
 * Sends a node object to the network node, and reads it back. It is safe to repeat: an object that is already
 * stored is not sent again.
 *
 * @throws NotAsSent naming each field, model and argument that differs; HttpFault when refused
 */
export async function applyNode(admin: AdminClient, node: NodeObject): Promise<Applied> {
  const before = findNode(await admin.list(), node.id);
  if (before !== undefined && differences(node, before.node).length === 0) return 'unchanged';
  let doubt: unknown;
  try {
    await admin.put(node);
  } catch (error) {
    if (!isDoubtful(error)) throw error;
    doubt = error;
  }
  await verifyNode(admin, node, doubt);
  return before === undefined ? 'created' : 'updated';
}

/** A lost answer says nothing about the change; reading back does. */
export function isDoubtful(error: unknown): boolean {
  if (!(error instanceof HttpFault)) return false;
  const byProxy = [502, 503, 504].includes(error.status ?? 0);
  return byProxy || ['broken', 'timed_out', 'not_json', 'malformed', 'too_large'].includes(error.outcome);
}

/**
 * Compares the network node's stored object with the sent one.
 *
 * @param doubt the fault of the request, when it is not known whether it arrived
 */
export async function verifyNode(admin: AdminClient, node: NodeObject, doubt?: unknown): Promise<void> {
  const found = async () => {
    const after = findNode(await admin.list(), node.id);
    return after === undefined ? ['it is not listed'] : differences(node, after.node);
  };
  if (doubt !== undefined) {
    if (await readBack(async () => (await found()).length === 0, admin.signal)) return;
    throw doubt;
  }
  const differing = await found();
  if (differing.length === 0) return;
  throw new NotAsSent(`node ${node.id} differs from what was sent: ${differing.join(', ')}`, {
    advice: 'compare the models with those that governance approved, and correct the config',
  });
}

/** The listed node with an id. */
export function findNode(listed: ListedNode[], id: string): ListedNode | undefined {
  return listed.find(({ node }) => node.id === id);
}

/**
 * As `findNode`, for callers that need the node.
 *
 * @throws AssayError naming the ids that exist
 */
export function requireNode(listed: ListedNode[], id: string): ListedNode {
  const found = findNode(listed, id);
  if (found !== undefined) return found;
  const ids = listed.map(({ node }) => node.id).join(', ');
  throw new AssayError(`no node with id ${id}`, {
    advice: ids === '' ? 'the network node lists none' : `the network node lists ${ids}`,
  });
}
