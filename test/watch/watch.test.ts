import { expect, it } from 'vitest';
import { watch } from '../../src/watch/watch.js';
import type { Window } from '../../src/watch/window.js';

const open: Window = { isOpen: true };
const closed: Window = { isOpen: false, reason: 'phase', text: 'PoC' };

/** Watches until so many moments have been judged, and tells what happened at each. */
async function watched(windows: Window[], round = async () => {}): Promise<string[]> {
  const controller = new AbortController();
  const seen: string[] = [];
  let at = 0;
  await watch({
    everyMs: 5,
    retryMs: 5,
    async window() {
      if (at === windows.length) controller.abort();
      return windows[Math.min(at++, windows.length - 1)] as Window;
    },
    async round() {
      if (controller.signal.aborted) return;
      seen.push('round');
      await round();
    },
    onSkipped: (reason) => {
      if (!controller.signal.aborted) seen.push(reason);
    },
    signal: controller.signal,
  });
  return seen;
}

it('begins rounds while the window is open, and puts them off while it is not', async () => {
  expect(await watched([open, closed, closed, open])).toEqual(['round', 'phase', 'phase', 'round']);
});

it('ends on a bug, and not on a signal', async () => {
  const bug = () => Promise.reject(new Error('bug'));
  await expect(watched([open], bug)).rejects.toThrow('bug');
});
