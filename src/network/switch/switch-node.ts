import { findNode } from '../apply.js';
import { failureOf, nextStep, type SwitchEntry } from './acts.js';
import { holds, type SwitchTools, steps } from './steps.js';
import type { SwitchRun } from './switch-folder.js';

export interface SwitchOutcome {
  /** The config that the network node has now. */
  holds: 'new' | 'old' | 'neither';
  /** Why the new config failed. */
  failure?: { why: string; exitCode: number };
  /** Why the old config does not serve after the way back. */
  oldFailure?: string;
}

/**
 * Runs the remaining steps of a switch, from the first step or from the point of interruption: the new
 * config, its model, its validation, and the way back when one of them fails.
 *
 * @throws AssayError when somebody else changed the node, or the network node does not answer: the switch
 *   stays unchanged and can be resumed
 */
export async function switchNode(run: SwitchRun, tools: SwitchTools): Promise<SwitchOutcome> {
  const { journal, plan } = run;
  for (;;) {
    const step = nextStep(plan, journal.entries);
    if (step === 'done') break;
    tools.onStep?.(step);
    for await (const entry of steps[step](run, tools)) {
      await journal.append({ ...entry, at: new Date().toISOString() } as SwitchEntry);
    }
  }
  const listed = findNode(await tools.admin.list(), plan.id);
  const failure = failureOf(journal.entries);
  const old = journal.entries.find((entry) => entry.act === 'serve-old');
  return {
    holds:
      listed === undefined
        ? 'neither'
        : holds(run.after, listed)
          ? 'new'
          : holds(run.before, listed)
            ? 'old'
            : 'neither',
    ...(failure && { failure: { why: failure.why, exitCode: failure.exitCode } }),
    ...(old !== undefined && 'ok' in old && !old.ok && { oldFailure: old.why }),
  };
}
