import { AssayError, Interrupted } from '../errors.js';
import { HttpFault } from '../http/fault.js';
import type { AdminClient } from './admin-client.js';
import { type Applied, applyNode, isDoubtful, verifyNode } from './apply.js';
import type { NodeObject } from './node-object.js';

/** The result for one node object. */
export interface PutResult {
  id: string;
  result: Applied | 'failed' | 'not sent';
  error?: string;
}

/** Sends node objects one by one: one failure does not affect the others, and a second run is safe. */
export async function putNodes(admin: AdminClient, nodes: NodeObject[]): Promise<PutResult[]> {
  const results: PutResult[] = [];
  let isDown = false;
  for (const node of nodes) {
    if (isDown) results.push({ id: node.id, result: 'not sent', error: 'the admin API does not answer' });
    else {
      const result = await settle(node.id, () => applyNode(admin, node));
      isDown = result.isDown;
      results.push(result.node);
    }
  }
  return results;
}

/** Registers new nodes in one request. The network node may refuse some of them and register the others. */
export async function putBatch(admin: AdminClient, nodes: NodeObject[]): Promise<PutResult[]> {
  let refused: (id: string) => string | undefined;
  let doubt: unknown;
  try {
    const { registered, errors } = await admin.registerBatch(nodes);
    refused = (id) => (registered.includes(id) ? undefined : reasonFor(id, errors));
  } catch (error) {
    if (!isDoubtful(error)) throw error;
    doubt = error;
    refused = () => undefined;
  }
  return Promise.all(
    nodes.map(async (node): Promise<PutResult> => {
      const error = refused(node.id);
      if (error !== undefined) return { id: node.id, result: 'failed', error };
      const settled = await settle(node.id, async () => {
        await verifyNode(admin, node, doubt);
        return 'created';
      });
      return settled.node;
    }),
  );
}

/** The network node names the id in each reason. Where no reason names this id, all reasons are given. */
function reasonFor(id: string, errors: string[]): string {
  const own = errors.filter((error) => error.includes(`(id: ${id})`));
  return (own.length > 0 ? own : errors).join('; ') || 'not registered, and no reason given';
}

async function settle(
  id: string,
  send: () => Promise<Applied>,
): Promise<{ node: PutResult; isDown: boolean }> {
  try {
    return { node: { id, result: await send() }, isDown: false };
  } catch (error) {
    if (!(error instanceof AssayError) || error instanceof Interrupted) throw error;
    const isDown = error instanceof HttpFault && error.outcome === 'unreachable';
    return { node: { id, result: 'failed', error: error.line }, isDown };
  }
}
