import { requireNodeUrl } from '../../chain/node-url.js';
import { chainOptions } from '../chain-options.js';
import { defineCommand } from '../command.js';
import { addressToShow } from '../own-address.js';
import { keyOptions } from '../tx/options.js';
import { tellModels } from './tell-models.js';

export const command = defineCommand({
  description:
    'Shows every model that governance knows: its state and what that rests on, gate, coefficient, hosts; for your host also what you serve, have stored and owe, by when, and what leaving it out costs.',
  options: { ...chainOptions, ...keyOptions },
  examples: [
    ['assay chain models --node https://node3.gonka.ai', 'what is in PoC now'],
    ['assay chain models --address gonka1… --json', 'and what your host owes'],
  ],
  async run(args, { terminal, signal }) {
    const nodeUrl = requireNodeUrl(args.node);
    const address = await addressToShow(args, terminal, signal);
    return await tellModels(nodeUrl, address, args.json ?? false, { terminal, signal });
  },
});
