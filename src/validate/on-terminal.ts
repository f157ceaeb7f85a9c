import { type Progress, startProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import type { ValidateEvents, ValidatePhase } from './options.js';

/**
 * Tells a person on stderr how a validation goes.
 *
 * @param prefix names the node where several are validated side by side
 */
export function watchOnTerminal(terminal: Terminal, prefix = ''): ValidateEvents & { stop(): void } {
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
        // A phase that counts something else now goes on: only its end is worth a line.
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
