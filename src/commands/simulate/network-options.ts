/** Options of `assay simulate` for the host's own network node. */
export const networkSimulationOptions = {
  network: {
    type: 'boolean',
    description: 'simulate the host’s network node in front of the ML node as well',
  },
  'node-host': {
    type: 'string',
    requiresArg: true,
    description: 'name by which it alone knows the ML node, as that of a container (default: the address)',
  },
  'drop-model-override': {
    type: 'boolean',
    default: false,
    description: 'drop model_override without a word, as network nodes before API v0.2.15-post5 do',
  },
  'network-port': {
    type: 'number',
    default: 9200,
    description: 'its port, for admin and public API; 0 for a free one',
  },
} as const;
