import { requireNodeUrl } from '../../chain/node-url.js';
import { chainOptions } from '../chain-options.js';
import { defineCommand } from '../command.js';
import { addressToShow } from '../own-address.js';
import { keyOptions } from '../tx/options.js';
import { tellModels } from './tell-models.js';

export const command = defineCommand({
  description:
    'Shows every model of governance: state and reason, threshold, coefficient, hosts. For your host also: what you serve, what is stored, which choice is missing, until when, and the cost if you do not choose.',
  options: { ...chainOptions, ...keyOptions },
  examples: [
    ['assay chain models --node https://node3.gonka.ai', 'the models in PoC now'],
    ['assay chain models --address gonka1… --json', 'and which choices your host must still make'],
  ],
  async run(args, { terminal, signal }) {
    const nodeUrl = requireNodeUrl(args.node);
    const address = await addressToShow(args, terminal, signal);
    return await tellModels(nodeUrl, address, args.json ?? false, { terminal, signal });
  },
});
