import { AssayError } from '../../errors.js';
import { isDoubtful, requireNode } from '../../network/apply.js';
import { actAndReadBack } from '../../network/read-back.js';
import { jsonText } from '../../text/json.js';
import type { ArgsOf, Context } from '../command.js';
import { type changeOptions, checkChange, openAdmin } from './network-options.js';

/** The common part of `node enable` and `node disable`: check, change, read back. */
export async function setEnabled(
  enabled: boolean,
  args: ArgsOf<typeof changeOptions> & { id: string },
  context: Context,
): Promise<number> {
  const { id, json } = args;
  const { terminal, signal } = context;
  const admin = openAdmin(args, signal);
  const listed = await admin.list();
  const was = requireNode(listed, id).state.admin_state?.enabled ?? true;
  if (was !== enabled) {
    await checkChange(enabled ? 'enable' : 'disable', [], { admin, listed, args, context });
    const isNow = async () =>
      (requireNode(await admin.list(), id).state.admin_state?.enabled ?? true) === enabled;
    await actAndReadBack(() => admin.setEnabled(id, enabled), isNow, { isDoubtful, signal });
    if (!(await isNow()))
      throw new AssayError(
        enabled
          ? `node ${id}: the network node does not list it as enabled`
          : `node ${id}: the network node does not list it as disabled`,
      );
  }
  if (json) terminal.out(jsonText({ id, enabled, changed: was !== enabled }));
  else terminal.out(doneText(id, enabled, was !== enabled));
  return 0;
}

function doneText(id: string, enabled: boolean, isChanged: boolean): string {
  if (enabled) return isChanged ? `${id} is enabled` : `${id} is enabled already`;
  return isChanged ? `${id} is disabled; it serves until the epoch ends` : `${id} is disabled already`;
}
