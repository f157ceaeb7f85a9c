import { AssayError } from '../errors.js';
import { findNode } from '../network/apply.js';
import { nextStep } from '../network/switch/acts.js';
import { holds } from '../network/switch/steps.js';
import { openSwitchRun, readSwitch } from '../network/switch/switch-folder.js';
import { switchNode } from '../network/switch/switch-node.js';
import type { Restored } from './entries.js';
import { reachOf } from './host-file.js';
import { switchFolder } from './lifecycle-folder.js';
import type { LifecycleRun } from './lifecycle-run.js';
import { STEP_TEXT } from './step-text.js';

/**
 * Takes a node back to the config from before this run. A node with neither the old nor the new config was
 * changed by somebody else, and is left alone.
 *
 * @param why reason for the journal
 * @param mayAct throws where the weight of nodes is measured; then nothing is changed
 */
export async function restoreNode(
  {
    folder,
    admin,
    terminal,
    signal,
    host,
  }: Pick<LifecycleRun, 'folder' | 'admin' | 'terminal' | 'signal' | 'host'>,
  id: string,
  why: string,
  mayAct: () => Promise<void>,
): Promise<Restored> {
  const path = switchFolder(folder, id);
  const untouched: Restored = { id, state: 'untouched', why: null };
  if ((await readSwitch(path, id)).length === 0) return untouched;
  const run = await openSwitchRun(path);
  try {
    const { entries } = run.journal;
    const isGoingBack = entries.some(({ act }) => act === 'rollback');
    const listed = findNode(await admin.list(), id);
    if (listed === undefined) return { id, state: 'left', why: 'the network node does not list it' };
    if (!isGoingBack && holds(run.before, listed)) return untouched;
    if (!isGoingBack && !holds(run.after, listed))
      return { id, state: 'left', why: `it was changed by somebody else; both configs are in ${path}` };
    if (isGoingBack && nextStep(run.plan, entries) === 'done') return untouched;
    await mayAct();
    if (!isGoingBack) {
      const at = new Date().toISOString();
      await run.journal.append({ act: 'validate', at, stage: 'end', ok: false, why, exitCode: 1 });
    }
    const { holds: config, oldFailure } = await switchNode(run, {
      admin,
      signal,
      reach: reachOf(host),
      validate: () => Promise.reject(new AssayError(why)),
      mayAct,
      onStep: (step) => step !== 'done' && terminal.say(`${id}: ${STEP_TEXT[step]}`),
    });
    return { id, state: config === 'old' ? 'restored' : 'left', why: oldFailure ?? null };
  } finally {
    await run.close();
  }
}
