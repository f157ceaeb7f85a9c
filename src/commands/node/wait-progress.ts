import type { Serving } from '../../network/serving.js';
import { startProgress } from '../../terminal/progress.js';
import type { Terminal } from '../../terminal/terminal.js';

/** Shows on stderr how the wait for a node goes: seconds, and what was seen last. */
export function showWait(terminal: Terminal, id: string) {
  const progress = startProgress(terminal, {
    label: `waiting for ${id}`,
    // Nobody knows how long a load takes.
    total: null,
    unit: 's',
  });
  return {
    onLook: ({ text }: Serving, elapsedMs: number) => progress.update(Math.round(elapsedMs / 1000), text),
    stop: () => progress.stop(),
  };
}
