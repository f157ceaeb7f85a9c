import { roughDurationText } from '../text/duration.js';

/** The state of a progress. */
export interface ProgressState {
  /** Units done, of the total. */
  done: number;
  /** Units that were done within `paceS`; earlier ones do not count for the rate. */
  recent: number;
  paceS: number;
  /** Time since `done` was last updated. */
  quietS: number;
  /** Since the start. */
  elapsedS: number;
}

/** One line: `probe: 96 of 200 nonces, 27.1/s, 3.8 s left`. */
export function describeProgress(options: ProgressOptions, state: ProgressState): string {
  const text = describePart(options, state);
  const { total, unit } = options;
  if (unit === 's' || state.done === total || secondsLeft(options, state) !== null || state.elapsedS < 1) {
    return text;
  }
  // The duration is not known, but the line shows that it goes on.
  return `${text}, ${roughDurationText(state.elapsedS)} so far`;
}

/** The same for one of several that share the work: `5001: 48 nonces, 13.5/s`. */
export function describePart(options: ProgressOptions, state: ProgressState): string {
  const rate = rateOf(options, state);
  const left = secondsLeft(options, state);
  return [
    `${options.label}: ${countOf(options, state)}`,
    ...(rate === null ? [] : [`${rateText(rate)}/s`]),
    ...(left === null ? [] : [`${roughDurationText(left)} left`]),
  ].join(', ');
}

/** The line that stays at the end: `probe: 200 of 200 nonces in 7.4 s`. */
export function describeEnd(options: ProgressOptions, state: ProgressState): string {
  const { label, unit, isLimit } = options;
  const count = countOf(isLimit ? { ...options, total: null } : options, state);
  return unit === 's' ? `${label}: ${count}` : `${label}: ${count} in ${roughDurationText(state.elapsedS)}`;
}

/** The present state: seconds continue between updates. */
export function doneBy({ total, unit }: ProgressOptions, { done, quietS }: ProgressState): number {
  if (unit !== 's') return done;
  const now = Math.floor(done + quietS);
  return total === null ? now : Math.min(total, now);
}

function countOf(options: ProgressOptions, state: ProgressState): string {
  const { total, unit, isLimit } = options;
  const done = doneBy(options, state);
  if (total === null || (done > total && !isLimit))
    return `${done} ${done === 1 ? (SINGULAR[unit] ?? unit) : unit}`;
  return isLimit ? `${done} ${unit} (${total} ${unit} at most)` : `${done} of ${total} ${unit}`;
}

/** Units with another word for one. */
const SINGULAR: Record<string, string> = { batches: 'batch', nonces: 'nonce', replicas: 'replica' };

/** Units per second; null if there is no rate. */
function rateOf({ unit }: ProgressOptions, { recent, paceS }: ProgressState): number | null {
  return unit === 's' || recent <= 0 || paceS <= 0 ? null : recent / paceS;
}

/** null if it is not known, or the time is over. */
function secondsLeft(options: ProgressOptions, state: ProgressState): number | null {
  const { total, unit, isLimit } = options;
  if (total === null || isLimit) return null;
  if (options.leftS !== undefined) return options.leftS();
  const rate = rateOf(options, state);
  const left =
    unit === 's'
      ? total - doneBy(options, state)
      : rate === null
        ? 0
        : // Counted down between updates, which may be a minute apart.
          (total - state.done) / rate - state.quietS;
  return left > 0 ? left : null;
}

function rateText(perSecond: number): string {
  return perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toPrecision(3);
}

export interface ProgressOptions {
  /** The name of the phase, for example `probe`. */
  label: string;
  /** null if the amount is not known. */
  total: number | null;
  /** What is counted, for example `nonces`; `s` for a phase that is measured in time. */
  unit: string;
  /** The total is a limit that should not be reached. */
  isLimit?: boolean;
  /** Seconds left, if the caller knows more than the rate shows; null: not known. */
  leftS?: () => number | null;
}

/** One of several that share the work, such as a replica. */
export interface ProgressPart {
  name: string;
  done: number;
  /** null if its share is not known. */
  total: number | null;
}
