import { type Progress, startProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import type { ValidateEvents, ValidatePhase } from './options.js';

/**
 * Tells a person on stderr how a validation goes.
 *
 * @param prefix names the node where several are validated side by side
 */
export function watchOnTerminal(terminal: Terminal, prefix = ''): ValidateEvents & { stop(): void } {
  let bar: { phase: ValidatePhase; unit: string; progress: Progress } | undefined;
  const endBar = () => {
    bar?.progress.stop();
    bar = undefined;
  };
  return {
    phase(phase) {
      endBar();
      terminal.say(`${prefix}${phase}`);
    },
    progress({ phase, done, total, unit, note }) {
      if (bar?.phase !== phase || bar.unit !== unit) {
        endBar();
        bar = { phase, unit, progress: startProgress(terminal, { label: `${prefix}${phase}`, total, unit }) };
      }
      bar.progress.update(done, note);
    },
    note: (text) => terminal.say(`${prefix}  ${text}`),
    warning: (text) => terminal.say(`${prefix}  warning: ${text}`),
    stop: endBar,
  };
}
