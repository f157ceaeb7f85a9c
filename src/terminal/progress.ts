import { type Bar, drawBar } from './progress-bars.js';
import type { ProgressEvent } from './progress-event.js';
import {
  describeEnd,
  describePart,
  describeProgress,
  doneBy,
  type ProgressOptions,
  type ProgressPart,
  type ProgressState,
} from './progress-text.js';
import type { Terminal } from './terminal.js';

/** The progress of a phase, shown to people on stderr. */
export interface Progress {
  /**
   * @param done units done so far, of the total
   * @param note further text
   * @param parts those that share the work, each with its part
   */
  update(done: number, note?: string, parts?: ProgressPart[]): void;
  /** Ends the progress and leaves one line with the result; a second call does nothing. */
  stop(): void;
  /** Ends the progress without a line, because another progress continues it. */
  clear(): void;
}

/**
 * Time between two plain lines, if bars are not possible; this many times longer while there is no change.
 */
const LINE_INTERVAL_MS = 5_000;
const IDLE_LINES = 6;
const BAR_INTERVAL_MS = 500;
const EVENT_INTERVAL_MS = 200;
/** Most parts in one line. */
const MOST_IN_LINE = 4;

/**
 * Shows the progress of one phase: a bar on a terminal, with one below it for each of those that share the
 * work; elsewhere a line every few seconds, or events for a program. Both continue without updates, so that a
 * long wait is not silent.
 */
export function startProgress(terminal: Terminal, options: ProgressOptions): Progress {
  if (terminal.event !== undefined) return progressEvents(terminal.event, options);
  const startedAt = performance.now();
  const show = terminal.interactive ? showBars(terminal, options) : writeLines(terminal);
  let first: Told | undefined;
  let last: Told = { done: 0, note: '', parts: [], at: startedAt };
  /** When each part last made progress: a part that is finished must not seem to slow down. */
  const partAt = new Map<string, number>();
  let isOver = false;

  function stateOf(done: number, before: number, at: number): ProgressState {
    const now = performance.now();
    return {
      done,
      recent: done - before,
      paceS: (at - (first ?? last).at) / 1000,
      quietS: (now - at) / 1000,
      elapsedS: (now - startedAt) / 1000,
    };
  }
  const snapshot = (): Snapshot => ({
    options,
    state: stateOf(last.done, first?.done ?? 0, last.at),
    note: last.note,
    parts: last.parts.map((part) => ({
      options: { label: part.name, total: part.total, unit: options.unit },
      state: stateOf(part.done, doneOf(first, part.name), partAt.get(part.name) ?? last.at),
    })),
  });
  const timer = setInterval(() => show.update(snapshot()), show.intervalMs).unref();
  const end = (sayEnd: () => void) => {
    if (isOver) return;
    isOver = true;
    clearInterval(timer);
    show.end();
    sayEnd();
  };
  return {
    update(done, note = '', parts = []) {
      if (isOver) return;
      const at = performance.now();
      for (const part of parts) if (part.done !== doneOf(last, part.name)) partAt.set(part.name, at);
      last = { done, note, parts, at };
      first ??= last;
      if (terminal.interactive) show.update(snapshot());
    },
    stop: () => end(() => terminal.say(endLine(snapshot()))),
    clear: () => end(() => {}),
  };
}

/** Some nonces are asked for more than once, until every replica is tested. */
function atLeast(total: number | null, done: number): number | null {
  return total === null ? null : Math.max(total, done);
}

/** An event for each update, but not too many for a program. */
function progressEvents(tell: (event: ProgressEvent) => void, options: ProgressOptions): Progress {
  const { label, total, unit, isLimit = false } = options;
  let kept: ProgressEvent | undefined;
  let toldAt = Number.NEGATIVE_INFINITY;
  const flush = () => {
    if (kept !== undefined) tell(kept);
    kept = undefined;
    toldAt = performance.now();
  };
  return {
    update(done, note = '', parts = []) {
      kept = {
        ...{ event: 'progress', phase: label, done, total: atLeast(total, done), unit, is_limit: isLimit },
        ...(note !== '' && { note }),
        parts: parts.map((part) => ({ name: part.name, done: part.done, total: part.total })),
      };
      if (performance.now() - toldAt >= EVENT_INTERVAL_MS) flush();
    },
    stop: flush,
    clear: flush,
  };
}

function doneOf(told: Told | undefined, name: string): number {
  return told?.parts.find((part) => part.name === name)?.done ?? 0;
}

/** An update with its time. */
interface Told {
  done: number;
  note: string;
  parts: ProgressPart[];
  at: number;
}

/** The state of a progress at one moment. */
interface Snapshot extends Described {
  note: string;
  parts: Described[];
}

interface Described {
  options: ProgressOptions;
  state: ProgressState;
}

interface Show {
  intervalMs: number;
  update(snapshot: Snapshot): void;
  end(): void;
}

function writeLines(terminal: Terminal): Show {
  let last = '';
  let idle = 0;
  return {
    intervalMs: LINE_INTERVAL_MS,
    update(snapshot) {
      const news = `${snapshot.state.done} ${snapshot.note}`;
      if (news === last && ++idle < IDLE_LINES) return;
      last = news;
      idle = 0;
      terminal.say(lineOf(snapshot));
    },
    end() {},
  };
}

function showBars(terminal: Terminal, options: ProgressOptions): Show {
  const own = drawBar(terminal);
  own?.show(0, `${options.label}: …`);
  const ofParts = new Map<string, Bar | null>();
  return {
    intervalMs: BAR_INTERVAL_MS,
    update(snapshot) {
      for (const part of snapshot.parts) {
        const { label, total } = part.options;
        if (!ofParts.has(label)) ofParts.set(label, drawBar(terminal));
        const filled = share({ ...part.options, total: total ?? options.total }, part.state);
        ofParts.get(label)?.show(filled, `  ${describePart(part.options, part.state)}`);
      }
      const parts = snapshot.parts.filter((part) => ofParts.get(part.options.label) == null);
      own?.show(share(options, snapshot.state), lineOf({ ...snapshot, parts }));
    },
    end() {
      for (const bar of ofParts.values()) bar?.remove();
      own?.remove();
    },
  };
}

function share(options: ProgressOptions, state: ProgressState): number {
  return options.total === null || options.total === 0 ? 0 : doneBy(options, state) / options.total;
}

function lineOf({ options, state, note, parts }: Snapshot): string {
  return joined(describeProgress(options, state), note, parts);
}

function endLine({ options, state, note, parts }: Snapshot): string {
  // The last state of a wait with a limit, such as `in_progress`, is over.
  return joined(describeEnd(options, state), options.isLimit ? '' : note, parts);
}

function joined(text: string, note: string, parts: Described[]): string {
  return [note === '' ? text : `${text}, ${note}`, ...partTexts(parts)].join('; ');
}

/** Each part, or only the slowest one if a line has no room for all. */
function partTexts(parts: Described[]): string[] {
  if (parts.length <= MOST_IN_LINE) return parts.map((part) => describePart(part.options, part.state));
  const slowest = parts.reduce((least, part) => (pace(part) < pace(least) ? part : least));
  return [`slowest of ${parts.length}: ${describePart(slowest.options, slowest.state)}`];
}

function pace({ state: { recent, paceS } }: Described): number {
  return paceS > 0 ? recent / paceS : 0;
}
