/** Options of `assay simulate` for the chain. */
export const chainSimulationOptions = {
  chain: { type: 'boolean', description: 'simulate the chain and its network node, without an ML node' },
  'chain-script': {
    type: 'string',
    requiresArg: true,
    description: 'JSON file with hosts, choices and parameters of the chain',
  },
  'block-time-ms': { type: 'number', description: 'from one block of the chain to the next (100)' },
  inferenced: {
    type: 'string',
    requiresArg: true,
    description: 'folder for a stand-in inferenced, with a key for every host',
  },
} as const;
