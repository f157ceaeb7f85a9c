import { jsonText } from '../../text/json.js';
import { defineCommand } from '../command.js';
import { nodePartOptions, nodesOfParts } from './parts.js';

export const command = defineCommand({
  description:
    'Prints a node object for the admin API, with the published arguments of the model on the GPU class.',
  options: {
    id: { type: 'string', demandOption: true, description: 'id of the node' },
    ...nodePartOptions,
  },
  examples: [
    [
      'assay node config --model moonshotai/Kimi-K2.6 --gpu B200 --id node1 --host 10.0.0.21 > node1.json',
      'as in the guide',
    ],
    [
      'assay node config … --tp-size 8 --set-arg --max-model-len=120000 --drop-arg --disable-custom-all-reduce',
      'with flags changed, added and removed',
    ],
  ],
  async run({ id, ...parts }, { terminal }) {
    const { nodes, origin } = await nodesOfParts(id, parts);
    terminal.say(`config: ${origin}`);
    terminal.out(jsonText(nodes.length === 1 ? nodes[0] : nodes));
    return 0;
  },
});
