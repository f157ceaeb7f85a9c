import { findNodeUrl, nodeOption } from '../chain/node-url.js';
import { type WeightGuard, weightGuard } from '../chain/weight-measured.js';
import { UsageError } from '../errors.js';

/** Options of commands that ask a node for vectors and do nothing else on it. */
export const guardOptions = {
  node: nodeOption,
  network: {
    type: 'boolean',
    default: true,
    description: '--no-network: there is no network node to ask about PoC, or you take the risk',
  },
} as const;

/** The guard that the options name; undefined without a network node. */
export function guardOf(args: { node?: string | undefined; network: boolean }): WeightGuard | undefined {
  if (args.network) {
    const nodeUrl = findNodeUrl(args.node);
    return nodeUrl === undefined ? undefined : weightGuard(nodeUrl);
  }
  if (args.node === undefined) return undefined;
  throw new UsageError('--node and --no-network cannot be used together', { advice: 'give one of them' });
}
