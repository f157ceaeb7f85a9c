import { defineCommand } from '../command.js';
import { putFile, putOptions } from './put.js';

export const command = defineCommand({
  usage: '<file>',
  description:
    'Changes the nodes of a file on your network node, one by one, after the checks. A node of the running epoch keeps the epoch’s model until the epoch ends.',
  positionals: {
    file: {
      type: 'string',
      demandOption: true,
      description: 'a node object or an array of them; - for stdin',
    },
  },
  options: putOptions,
  examples: [['assay node update node1.json', 'with new arguments, ports or models']],
  run: (args, context) => putFile('update', args, context),
});
