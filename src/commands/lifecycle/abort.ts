import { existsSync } from 'node:fs';
import { AssayError } from '../../errors.js';
import { type Restored, stateOf } from '../../lifecycle/entries.js';
import { readHostFile } from '../../lifecycle/host-file.js';
import { hostReportOf, writeHostReport } from '../../lifecycle/host-report.js';
import { runFolderOf } from '../../lifecycle/lifecycle-folder.js';
import { openRun } from '../../lifecycle/open-run.js';
import { storeCommand } from '../../lifecycle/plan-steps.js';
import { restoreNode } from '../../lifecycle/restore-node.js';
import { AdminClient, parseAdminUrl } from '../../network/admin-client.js';
import { askYesNo } from '../../terminal/prompt.js';
import { jsonText } from '../../text/json.js';
import { quoteForShell } from '../../text/shell.js';
import { defineCommand } from '../command.js';
import { changeOptions, checkChange, mayActOf, publicApi } from '../node/network-options.js';
import { tellOrSay } from '../tell-or-say.js';
import { fileOption } from './options.js';

const { force, yes, json } = changeOptions;

export const command = defineCommand({
  description:
    'Ends the run of a host file: puts every changed node back on its old config, and waits until the old model serves. What is stored on the chain stays. If it is interrupted, run it again.',
  options: { ...fileOption, force, yes, json },
  examples: [['assay lifecycle abort --file host.yaml', 'back to the old configs']],
  async run(args, context) {
    const { terminal, signal } = context;
    const host = await readHostFile(args.file);
    if (!existsSync(runFolderOf(args.file)))
      throw new AssayError(`${args.file} has no run`, { advice: 'there is nothing to undo' });
    const { folder, journal, close } = await openRun(args.file, host);
    try {
      const admin = new AdminClient(parseAdminUrl(host.admin_url), signal);
      const listed = await admin.list();
      // The way back also loads a model, so it must not run while the node's weight is measured.
      await checkChange('disable', [], { admin, listed, args: { ...args, node: host.node }, context });
      const isSure = await askYesNo('Put every node of this run back on its old config?', {
        ...context,
        yes: args.yes,
      });
      if (!isSure) throw new AssayError('nothing was changed');
      const mayAct = mayActOf(args, await publicApi(host, admin, signal), signal);
      const nodes = await Promise.all(
        host.ml_nodes.map(({ id }) =>
          restoreNode({ folder, admin, terminal, signal, host }, id, 'the run was aborted', mayAct),
        ),
      );
      if (stateOf(journal.entries).ending?.outcome !== 'aborted')
        await journal.append({
          at: new Date().toISOString(),
          act: 'ended',
          outcome: 'aborted',
          reason: 'it was aborted',
          exitCode: 1,
        });
      await tellOrSay('the report was not written', terminal.say, async () =>
        writeHostReport(folder, await hostReportOf(folder, host, journal.entries)),
      );
      terminal.out(args.json ? jsonText({ nodes }) : nodes.map(line).join('\n'));
      const { model, key, address, node } = host;
      const clear = quoteForShell(storeCommand({ kind: 'none' }, { model, key, address, nodeUrl: node }));
      terminal.say(`what is stored on the chain stays: \`${clear}\` removes it`);
      return nodes.every(({ state, why }) => state !== 'left' && why === null) ? 0 : 1;
    } finally {
      await close();
    }
  },
});

function line({ id, state, why }: Restored): string {
  const text = {
    restored: 'back on its old config',
    untouched: 'not changed by this run',
    left: 'left unchanged',
  };
  return why === null ? `${id}: ${text[state]}` : `${id}: ${text[state]}; ${why}`;
}
