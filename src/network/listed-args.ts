import { isSameEndpoint } from '../http/endpoint.js';
import { AdminClient, type ListedNode } from './admin-client.js';
import { mlNodeUrl } from './reach.js';

/** The node, and its model. */
export interface WantedNode {
  model: string;
  /** URL at which this machine reaches the node. */
  mlnodeUrl: string;
  /** Its id on the network node, where it is known; else address and port identify it. */
  nodeId?: string | undefined;
}

/**
 * The arguments of a node in its network node's list, one token each.
 *
 * @param adminUrl admin API of the network node
 * @returns null where the list has no such node, or has it without this model
 * @throws AssayError when the network node does not answer
 */
export async function listedArgs(
  adminUrl: string,
  { model, mlnodeUrl, nodeId }: WantedNode,
  signal?: AbortSignal,
): Promise<string[] | null> {
  const listed = await new AdminClient(adminUrl, signal).list();
  const found =
    nodeId === undefined ? await listedAt(mlnodeUrl, listed) : listed.find(({ node }) => node.id === nodeId);
  return found?.node.models[model]?.args ?? null;
}

/** The node with an address and port, under any id. */
async function listedAt(url: string, listed: ListedNode[]): Promise<ListedNode | undefined> {
  for (const one of listed) {
    if (await isSameEndpoint(mlNodeUrl(one.node), url)) return one;
  }
  return undefined;
}
