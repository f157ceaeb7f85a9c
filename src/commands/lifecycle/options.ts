import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readJournal } from '../../journal/journal.js';
import { type LifecycleEntry, stateOf } from '../../lifecycle/entries.js';
import { type Given, type HostFile, readHostFile } from '../../lifecycle/host-file.js';
import { journalPath, runFolderOf } from '../../lifecycle/lifecycle-folder.js';
import type { ArgsOf } from '../command.js';
import { textFlag } from '../flags.js';

/** The host file, the same in every command of a lifecycle. */
export const fileOption = {
  file: textFlag('the host file', { default: 'host.yaml' }),
} as const;

/** Options that a user may give in addition to the host file, for all its nodes. */
export const givenOptions = {
  'node-config': textFlag(
    'file with the model and its arguments, for all nodes (node_config: in the host file)',
  ),
  reference: textFlag(
    'reference to validate with, a file or a name of `golden list` (reference: in the host file)',
  ),
  'served-as': textFlag('model name that the nodes report (served_as: in the host file)'),
} as const;

/**
 * The host file, changed by the flags, and by the options with which its run was started, so that a resumed
 * run needs no flags. Flags win.
 */
export async function readHost(args: ArgsOf<typeof givenOptions> & { file: string }): Promise<HostFile> {
  const host = await readHostFile(args.file);
  const entries = (await readJournal<LifecycleEntry>(journalPath(runFolderOf(args.file)))) ?? [];
  const before = stateOf(entries).identity;
  const { nodeConfig, reference, servedAs } = args;
  return {
    ...(before !== null && givenOf(before)),
    ...host,
    ...(nodeConfig !== undefined && { node_config: resolve(nodeConfig) }),
    ...(reference !== undefined && { reference: existsSync(reference) ? resolve(reference) : reference }),
    ...(servedAs !== undefined && { served_as: servedAs }),
  };
}

function givenOf({ node_config, reference, served_as }: Given): Given {
  return {
    ...(node_config !== undefined && { node_config }),
    ...(reference !== undefined && { reference }),
    ...(served_as !== undefined && { served_as }),
  };
}
