import { AssayError } from '../errors.js';
import { HttpFault } from '../http/fault.js';
import type { AdminClient, ListedNode } from './admin-client.js';
import { differences } from './compare.js';
import type { NodeObject } from './node-object.js';
import { readBack } from './read-back.js';

export type Applied = 'created' | 'updated' | 'unchanged';

/** The network node took a node object, but not as it was sent. */
export class NotAsSent extends AssayError {
  override name = 'NotAsSent';
}

/**
 * Makes the network node hold a node object, and reads it back. Safe to repeat: what is there already is not
 * sent again.
 *
 * @throws NotAsSent naming every field, model and argument that came out otherwise; HttpFault when refused
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

/** An answer that was lost says nothing about the change: reading back does. */
export function isDoubtful(error: unknown): boolean {
  if (!(error instanceof HttpFault)) return false;
  const byProxy = [502, 503, 504].includes(error.status ?? 0);
  return byProxy || ['broken', 'timed_out', 'not_json', 'malformed', 'too_large'].includes(error.outcome);
}

/**
 * Compares what the network node holds with what was sent.
 *
 * @param doubt the failure of the request, when it is not known whether it arrived
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

/** The listed node of an id. */
export function findNode(listed: ListedNode[], id: string): ListedNode | undefined {
  return listed.find(({ node }) => node.id === id);
}

/**
 * As `findNode`, where there must be one.
 *
 * @throws AssayError naming the ids that are there
 */
export function requireNode(listed: ListedNode[], id: string): ListedNode {
  const found = findNode(listed, id);
  if (found !== undefined) return found;
  const ids = listed.map(({ node }) => node.id).join(', ');
  throw new AssayError(`no node with id ${id}`, {
    advice: ids === '' ? 'the network node lists none' : `the network node lists ${ids}`,
  });
}
