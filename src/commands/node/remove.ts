import { AssayError } from '../../errors.js';
import { findNode, isDoubtful, requireNode } from '../../network/apply.js';
import { epochModels } from '../../network/epoch-model.js';
import { actAndReadBack } from '../../network/read-back.js';
import { askToType } from '../../terminal/prompt.js';
import { jsonText } from '../../text/json.js';
import { defineCommand } from '../command.js';
import { changeOptions, checkChange, openAdmin } from './network-options.js';

export const command = defineCommand({
  usage: '<id>',
  description: 'Removes a node from your network node, after the checks. It cannot be undone.',
  positionals: { id: { type: 'string', demandOption: true, description: 'id of the node' } },
  options: changeOptions,
  examples: [
    ['assay node remove node1', 'asks you to type the id'],
    ['assay node remove node1 --yes', 'without a question'],
  ],
  async run(args, context) {
    const { id, yes, json } = args;
    const { terminal, signal } = context;
    const admin = openAdmin(args, signal);
    const listed = await admin.list();
    const node = requireNode(listed, id);
    await checkChange('remove', [], { admin, listed, args, context });
    const served = epochModels(node);
    if (served.length > 0) {
      terminal.say(`warning: ${id} takes part in the running epoch with ${served.join(', ')}`);
    }
    if (!(await askToType(id, `Removing ${id} cannot be undone.`, { terminal, signal, yes }))) {
      throw new AssayError(`nothing was changed: ${id} was not typed`);
    }
    const isGone = async () => findNode(await admin.list(), id) === undefined;
    const remove = async () => {
      if (await admin.remove(id)) return;
      throw new AssayError(`no node with id ${id}: somebody else has removed it`);
    };
    await actAndReadBack(remove, isGone, { isDoubtful, signal });
    if (!(await isGone())) throw new AssayError(`node ${id} is still listed`);
    terminal.out(json ? jsonText({ id, removed: true }) : `${id} is removed`);
    return 0;
  },
});
