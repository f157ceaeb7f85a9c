import type { Serving } from '../../network/serving.js';
import { startProgress } from '../../terminal/progress.js';
import type { Terminal } from '../../terminal/terminal.js';

/** Shows the progress of waiting for a node on stderr: seconds, and the last state. */
export function showWait(terminal: Terminal, id: string) {
  const progress = startProgress(terminal, {
    label: `waiting for ${id}`,
    // The duration of a load is not known.
    total: null,
    unit: 's',
  });
  return {
    onLook: ({ text }: Serving, elapsedMs: number) => progress.update(Math.round(elapsedMs / 1000), text),
    stop: () => progress.stop(),
  };
}
