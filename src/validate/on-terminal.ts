import { type Progress, startProgress } from '../terminal/progress.js';
import type { ProgressEvent } from '../terminal/progress-event.js';
import type { Terminal } from '../terminal/terminal.js';
import type { ValidateEvents, ValidatePhase } from './options.js';

/**
 * Shows the progress of a validation on stderr.
 *
 * @param node its name, where several nodes are validated at the same time
 */
export function watchOnTerminal(terminal: Terminal, node?: string): ValidateEvents & { stop(): void } {
  const { event } = terminal;
  return event === undefined ? forPeople(terminal, node) : forPrograms(terminal, event, node);
}

/** Every event names its node. */
function forPrograms(
  terminal: Terminal,
  tell: (event: ProgressEvent) => void,
  node: string | undefined,
): ValidateEvents & { stop(): void } {
  const event = (one: ProgressEvent) => tell({ ...one, ...(node !== undefined && { node }) });
  const { progress, stop } = forPeople({ ...terminal, say() {}, event });
  return {
    phase(phase) {
      stop();
      event({ event: 'phase', phase });
    },
    ...(progress && { progress }),
    note: (text) => event({ event: 'note', text }),
    warning: (text) => event({ event: 'warning', text }),
    stop,
  };
}

function forPeople(terminal: Terminal, node?: string): ValidateEvents & { stop(): void } {
  const prefix = node === undefined ? '' : `${node}: `;
  let shown: { phase: ValidatePhase; unit: string; progress: Progress } | undefined;
  const endShown = () => {
    shown?.progress.stop();
    shown = undefined;
  };
  return {
    phase(phase) {
      endShown();
      terminal.say(`${prefix}${phase}`);
    },
    progress({ phase, done, note, parts, ...counted }) {
      if (shown?.phase !== phase || shown.unit !== counted.unit) {
        // A phase that counts something else continues now, so only its end is printed.
        if (shown?.phase === phase) shown.progress.clear();
        else endShown();
        const progress = startProgress(terminal, { label: `${prefix}${phase}`, ...counted });
        shown = { phase, unit: counted.unit, progress };
      }
      shown.progress.update(done, note, parts);
    },
    note: (text) => terminal.say(`${prefix}  ${text}`),
    warning: (text) => terminal.say(`${prefix}  warning: ${text}`),
    stop: endShown,
  };
}
