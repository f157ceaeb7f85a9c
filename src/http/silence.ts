import { smallest } from '../extremes.js';
import { maskSecrets } from './mask.js';

/** A server that does not answer, and for how long. */
interface Silence {
  /** Start of the oldest request without an answer: a `performance.now()`. */
  since: number;
  /** End of the newest request. */
  endedAt: number;
  /** Requests in progress. */
  open: number;
  /** Seconds of silence at which the next line is written. */
  nextS: number;
}

/** A user who waits longer without a line thinks that nothing happens. */
const FIRST_S = 5;
/**
 * Each line comes after three times the wait of the line before: a node that is away for a day gets ten
 * lines.
 */
const FACTOR = 3;
const LOOK_MS = 500;
/** Longer than any pause between the retries of a request. */
const LONGEST_PAUSE_MS = 60_000;
/** Names in one line; of a large fleet many nodes may be silent at once. */
const MOST_NAMES = 3;

let tell: ((text: string) => void) | undefined;
let timer: NodeJS.Timeout | undefined;
const silences = new Map<string, Silence>();

/**
 * Reports every answer that takes long, until the returned function is called.
 *
 * @param say takes a line for people
 */
export function tellOfSilence(say: (text: string) => void): () => void {
  tell = say;
  return () => {
    if (tell !== say) return;
    tell = undefined;
    silences.clear();
    clearInterval(timer);
    timer = undefined;
  };
}

/**
 * Notes that a request waits for an answer. Requests to one origin count as one wait, retries included.
 *
 * @returns call it at the end of the request: with true when there was an answer of any kind
 */
export function awaitAnswer(origin: string): (answered: boolean) => void {
  if (tell === undefined) return () => {};
  const now = performance.now();
  const found = silences.get(origin);
  // A server that was not asked for a while was not silent meanwhile.
  const isOld = found !== undefined && found.open === 0 && now - found.endedAt > LONGEST_PAUSE_MS;
  const silence =
    found === undefined || isOld ? { since: now, endedAt: now, open: 0, nextS: FIRST_S } : found;
  silence.open++;
  silences.set(origin, silence);
  timer ??= setInterval(look, LOOK_MS).unref();
  return (answered) => {
    silence.open--;
    silence.endedAt = performance.now();
    if (answered) {
      silence.since = performance.now();
      silence.nextS = FIRST_S;
      if (silence.open === 0) silences.delete(origin);
    }
  };
}

function look(): void {
  const now = performance.now();
  const due = [...silences].filter(([, { open, since, nextS }]) => open > 0 && now - since >= 1000 * nextS);
  if (due.length === 0) return;
  const seconds = Math.floor((now - smallest(due.map(([, { since }]) => since))) / 1000);
  for (const [, silence] of due) silence.nextS = FACTOR * Math.max(silence.nextS, seconds);
  const names = due.slice(0, MOST_NAMES).map(([origin]) => maskSecrets(origin));
  const more = due.length > MOST_NAMES ? ` and ${due.length - MOST_NAMES} more` : '';
  tell?.(`waiting for ${names.join(', ')}${more}: no answer for ${seconds} s`);
}
