import { printable } from '../clean.js';
import type { ProgressEvent } from './progress-event.js';
import type { Terminal } from './terminal.js';

/** The same terminal, with a line of JSON on stderr instead of each line for people. */
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

/** Whether a command line asks for events. This is checked first, so that every error is an event, too. */
export function asksForEvents(words: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const at = words.findLastIndex((word) => word === '--progress' || word.startsWith('--progress='));
  if (at < 0) return env['ASSAY_PROGRESS'] === 'json';
  return words[at] === '--progress=json' || (words[at] === '--progress' && words[at + 1] === 'json');
}
