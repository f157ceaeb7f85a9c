import { numberFlag, PORT_RANGE, textFlag } from '../flags.js';

/** Options of `assay simulate` for the host's network node. */
export const networkSimulationOptions = {
  network: {
    type: 'boolean',
    description:
      'simulate the host’s network node in front of the ML node as well; with --chain a whole host before a bootstrap',
  },
  'node-host': textFlag(
    "host name of the ML node that only it knows, like a container's name (default: the address)",
  ),
  'drop-model-override': {
    type: 'boolean',
    default: false,
    description: 'drop model_override silently, like network nodes before API v0.2.15-post5',
  },
  'late-node': {
    type: 'boolean',
    default: false,
    description: 'with --network --chain: the second ML node loads until PoC has started',
  },
  'network-port': numberFlag('network-port', 'its port, for admin and public API; 0 for a free one', {
    ...PORT_RANGE,
    default: 9200,
  }),
} as const;
