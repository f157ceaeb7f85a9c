import { numberFlag, textFlag } from '../flags.js';

/** Options of `assay simulate` for the chain. */
export const chainSimulationOptions = {
  chain: {
    type: 'boolean',
    description: 'simulate the chain and its network node, without an ML node unless --network is given',
  },
  'chain-script': textFlag('JSON file with hosts, choices and parameters of the chain'),
  'block-time-ms': numberFlag(
    'block-time-ms',
    'from one block of the chain to the next (100; with --network --chain 300)',
    { min: 5 },
  ),
  inferenced: textFlag(
    'folder for a stand-in inferenced, with a key for every host; with --network --chain for a host file, too (simulated)',
  ),
} as const;
