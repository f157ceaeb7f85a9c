import { isSameEndpoint } from '../http/endpoint.js';
import { AdminClient, type ListedNode } from './admin-client.js';
import { mlNodeUrl } from './reach.js';

/** Which node is meant, and of which model. */
export interface WantedNode {
  model: string;
  /** Where this machine reaches the node. */
  mlnodeUrl: string;
  /** Its id on the network node, where it is known; else it is found by address and port. */
  nodeId?: string | undefined;
}

/**
 * The arguments of a node as its network node lists them, one token each.
 *
 * @param adminUrl admin API of the network node
 * @returns null where it lists no such node, or not with this model
 * @throws AssayError when the network node does not tell
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

/** The node of an address and port, under whichever name it is listed. */
async function listedAt(url: string, listed: ListedNode[]): Promise<ListedNode | undefined> {
  for (const one of listed) {
    if (await isSameEndpoint(mlNodeUrl(one.node), url)) return one;
  }
  return undefined;
}
