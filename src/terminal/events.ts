import { printable } from '../clean.js';
import type { Terminal } from './terminal.js';

/** What a program may follow on stderr with `--progress json`: `progress-event.schema.json` describes each. */
export type ProgressEvent =
  | { event: 'note' | 'warning' | 'error'; text: string; node?: string }
  | { event: 'phase'; phase: string; node?: string }
  | {
      event: 'progress';
      /** A phase, or what else is going on. */
      phase: string;
      done: number;
      /** null: nobody knows how much there is. */
      total: number | null;
      unit: string;
      /** The total is a limit that is not meant to be reached. */
      is_limit: boolean;
      note?: string;
      parts: { name: string; done: number; total: number | null }[];
      node?: string;
    }
  | { event: 'run_ended'; verdict: string; folder: string; exit_code: number; node?: string }
  | { event: 'node_ended'; node: string; verdict: string; reason: string }
  | { event: 'begun'; folder: string }
  | { event: 'check_started'; check: string; index: number; of: number }
  | { event: 'check_ended'; check: string; outcome: string; from_before: boolean }
  | { event: 'ended'; exit_code: number };

/** The same terminal with a line of JSON on stderr in place of each line for people. */
export function jsonTerminal(terminal: Terminal): Terminal {
  const event = (one: ProgressEvent) => {
    const cleaned = Object.entries(one).map(([key, value]) => [
      key,
      typeof value === 'string' ? printable(value, false) : value,
    ]);
    terminal.say(JSON.stringify({ time: new Date().toISOString(), ...Object.fromEntries(cleaned) }));
  };
  return {
    ...terminal,
    say: (text) => event({ event: 'note', text }),
    event,
    interactive: false,
    canAsk: false,
  };
}

/** Whether a command line asks for events: looked at before anything else, so that every error is one, too. */
export function asksForEvents(words: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const at = words.findLastIndex((word) => word === '--progress' || word.startsWith('--progress='));
  if (at < 0) return env['ASSAY_PROGRESS'] === 'json';
  return words[at] === '--progress=json' || (words[at] === '--progress' && words[at + 1] === 'json');
}
