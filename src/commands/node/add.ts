import { defineCommand } from '../command.js';
import { putFile, putOptions } from './put.js';

export const command = defineCommand({
  usage: '<file>',
  description:
    'Registers the nodes of a file with your network node, one by one, after the checks. A node that is registered already with this config is not changed, so the command can be repeated.',
  positionals: {
    file: {
      type: 'string',
      demandOption: true,
      description: 'a node object or an array of them; - for stdin',
    },
  },
  options: {
    ...putOptions,
    batch: { type: 'boolean', description: 'register all in one request; new ids only' },
  },
  examples: [
    ['assay node add node1.json', 'a node of a file'],
    [
      'assay node config --model moonshotai/Kimi-K2.6 --gpu B200 --id node1 --host 10.0.0.21 | assay node add -',
      'a node of the published arguments',
    ],
    ['assay node add nodes.json --force weights', 'although the weights are not complete'],
  ],
  run: (args, context) => putFile('add', args, context),
});
