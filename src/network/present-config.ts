import type { ListedNode } from './admin-client.js';
import { requireSendable } from './node-config.js';
import type { NodeObject } from './node-object.js';

/** Fields that the network node adds to a node object itself, and accepts from nobody. */
const NOT_CONFIG = ['node_num', 'version'];

/**
 * The config of a listed node, in a form that can be sent again.
 *
 * @throws AssayError when it cannot be sent again, so that there is no way back to it
 */
export function presentConfig({ node }: ListedNode): NodeObject {
  const config = Object.fromEntries(Object.entries(node).filter(([field]) => !NOT_CONFIG.includes(field)));
  requireSendable(config as unknown as NodeObject, `the present config of node ${node.id}`);
  return config as unknown as NodeObject;
}
