import { UsageError } from '../errors.js';

const UNIT_S = { s: 1, m: 60, h: 3600 } as const;

/**
 * A duration that a user wrote: `90s`, `30m`, `1.5h`, or a bare number of seconds.
 *
 * @returns seconds
 * @throws UsageError naming the flag
 */
export function parseDuration(text: string, flag: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)\s*(s|m|h)?$/.exec(text.trim()) ?? [];
  if (number === undefined) {
    throw new UsageError(`${flag}: "${text}" is not a duration`, {
      advice: 'write it like 90s, 30m or 2h',
    });
  }
  return Number(number) * UNIT_S[unit as keyof typeof UNIT_S];
}

/** A duration for people: `9.5 s`, `12 min`, `3.2 h`. */
export function roughDurationText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
