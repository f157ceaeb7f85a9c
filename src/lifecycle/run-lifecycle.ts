import { heightsOfEpoch, upcomingHeights } from '../chain/rules/heights.js';
import { AssayError } from '../errors.js';
import { askYesNo } from '../terminal/prompt.js';
import type { Act } from './acts/act.js';
import { acts } from './acts/index.js';
import { identityOf, type LifecycleEnding, type LifecycleEntry, type Round, stateOf } from './entries.js';
import { type LifecycleRun, readView, record } from './lifecycle-run.js';
import { judgeRun, wantsNextRound } from './outcome.js';

/**
 * Runs the remaining steps: round after round, each step once, until the file's goal is reached or cannot be
 * reached.
 *
 * @throws AssayError when something stops it: the run stays unchanged, and can be resumed
 */
export async function runLifecycle(run: LifecycleRun): Promise<LifecycleEnding> {
  const state = () => stateOf(run.journal.entries);
  const { identity, ending, rounds } = state();
  if (ending !== null) return ending;
  if (identity === null) await record(run, { act: 'start', ...identityOf(run.host) });
  const taken = rounds.at(-1);
  if (taken !== undefined) await verify(run, taken);
  for (;;) {
    const round = state().rounds.at(-1) ?? (await beginRound(run));
    await finishRound(run, round);
    const done = judgeRun(run.host, state().rounds);
    if (wantsNextRound(run.host, state()) || (await isAskedFor(run, done))) {
      run.terminal.say(done.reason);
      await beginRound(run, round.epoch);
      continue;
    }
    await record(run, { act: 'ended', ...done });
    return done;
  }
}

async function finishRound(run: LifecycleRun, { epoch }: Round): Promise<void> {
  for (const act of acts) {
    const round = stateOf(run.journal.entries).rounds.at(-1);
    if (round === undefined || !act.applies(run.host, round) || round.results[act.name] !== undefined)
      continue;
    run.terminal.say(`epoch ${epoch}: ${act.title}`);
    if (round.underWay !== act.name) await record(run, { act: 'begin', step: act.name });
    const result = await act.act(run, round);
    await record(run, { act: 'end', step: act.name, result } as Omit<LifecycleEntry, 'at'> as never);
  }
}

/** When the run is resumed, earlier results may no longer be true. */
async function verify(run: LifecycleRun, round: Round): Promise<void> {
  run.terminal.say(`resumed: epoch ${round.epoch}, snapshot at ${round.snapshotHeight}`);
  for (const act of acts as Act[]) if (round.results[act.name] !== undefined) await act.verify?.(run, round);
}

/** The heights of the next epoch; after another epoch, of the first one that follows it. */
async function beginRound(run: LifecycleRun, after?: number): Promise<Round> {
  const { epochs, params } = await readView(run);
  const { deployWindow } = params.delegation;
  const upcoming = upcomingHeights(epochs, deployWindow);
  const heights =
    after !== undefined && upcoming.epoch <= after
      ? heightsOfEpoch(after + 1, epochs, deployWindow)
      : upcoming;
  const { epoch, snapshotHeight, pocStartHeight } = heights;
  if (snapshotHeight === null) throw new AssayError('the chain takes no snapshot: its deploy window is 0');
  await record(run, { act: 'round', epoch, snapshotHeight, pocStartHeight });
  return stateOf(run.journal.entries).rounds.at(-1) as Round;
}

/** After a missed snapshot, the user at the terminal may want the next one. */
async function isAskedFor(
  { terminal, signal }: LifecycleRun,
  { outcome }: LifecycleEnding,
): Promise<boolean> {
  if (outcome !== 'missed' || !terminal.canAsk) return false;
  return await askYesNo('Take part in the next epoch?', { terminal, signal, yes: false });
}
