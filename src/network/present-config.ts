import { accept } from '../schemas/accept.js';
import validateNodeConfig from '../schemas/generated/node-config.js';
import type { ListedNode } from './admin-client.js';
import type { NodeObject } from './node-object.js';

/** What the network node adds to a node object by itself, and takes from nobody. */
const NOT_CONFIG = ['node_num', 'version'];

/**
 * The config of a listed node, as it can be sent again.
 *
 * @throws AssayError when it cannot, and so there would be no way back to it
 */
export function presentConfig({ node }: ListedNode): NodeObject {
  const config = Object.fromEntries(Object.entries(node).filter(([field]) => !NOT_CONFIG.includes(field)));
  return accept<NodeObject>(validateNodeConfig, config, `the present config of node ${node.id}`);
}
