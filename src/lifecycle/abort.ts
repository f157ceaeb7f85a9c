import { AssayError } from '../errors.js';
import type { AdminClient } from '../network/admin-client.js';
import { findNode } from '../network/apply.js';
import { nextStep, type SwitchEntry } from '../network/switch/acts.js';
import { hasBegun, openSwitchRun } from '../network/switch/run-folder.js';
import { holds } from '../network/switch/steps.js';
import { switchNode } from '../network/switch/switch-node.js';
import type { Terminal } from '../terminal/terminal.js';
import { switchFolder } from './run-folder.js';

export interface Restored {
  id: string;
  /** `untouched`: the run had not changed it, or it is back already. */
  state: 'restored' | 'untouched' | 'left';
  /** Why it was left, or does not serve the old model. */
  why: string | null;
}

const ABORTED = 'the run was aborted';

/**
 * Takes a node back to the config that it had before this run. A node that holds neither config is left to
 * whoever changed it.
 */
export async function restoreNode(
  folder: string,
  id: string,
  { admin, terminal, signal }: { admin: AdminClient; terminal: Terminal; signal: AbortSignal },
): Promise<Restored> {
  const path = switchFolder(folder, id);
  const untouched: Restored = { id, state: 'untouched', why: null };
  if (!(await hasBegun(path))) return untouched;
  const run = await openSwitchRun(path);
  try {
    const { entries } = run.journal;
    const isGoingBack = entries.some(({ act }) => act === 'rollback');
    const listed = findNode(await admin.list(), id);
    if (listed === undefined) return { id, state: 'left', why: 'the network node does not list it' };
    if (!isGoingBack && holds(run.before, listed)) return untouched;
    if (!isGoingBack && !holds(run.after, listed))
      return { id, state: 'left', why: `somebody else changed it; both configs are in ${path}` };
    if (isGoingBack && nextStep(run.plan, entries) === 'done') return untouched;
    if (!isGoingBack) {
      const why: SwitchEntry = {
        act: 'validate',
        at: new Date().toISOString(),
        stage: 'end',
        ok: false,
        why: ABORTED,
        exitCode: 1,
      };
      await run.journal.append(why);
    }
    const { holds: config, oldFailure } = await switchNode(run, {
      admin,
      signal,
      validate: () => Promise.reject(new AssayError(ABORTED)),
      onStep: (step) =>
        step !== 'done' && terminal.say(`${id}: ${step === 'rollback' ? 'going back' : step}`),
    });
    return { id, state: config === 'old' ? 'restored' : 'left', why: oldFailure ?? null };
  } finally {
    await run.journal.close();
  }
}
