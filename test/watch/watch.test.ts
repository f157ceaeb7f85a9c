import { expect, it } from 'vitest';
import { watch } from '../../src/watch/watch.js';
import type { Window } from '../../src/watch/window.js';

const open: Window = { isOpen: true, blocksLeft: null };
const closed: Window = { isOpen: false, reason: 'phase', text: 'PoC' };

/** Watches until so many moments have been judged, and tells what happened at each. */
async function watched(
  windows: Window[],
  round = async (_open: () => Promise<void>, _seen: string[]) => {},
): Promise<string[]> {
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
    async round(open) {
      if (controller.signal.aborted) return;
      seen.push('round');
      await round(open, seen);
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

it('begins no further node once the window has closed, and goes on with the round when it is open', async () => {
  const seen = await watched([open, open, closed, closed, open], async (mayBegin, told) => {
    for (const node of ['a', 'b']) {
      await mayBegin();
      told.push(node);
    }
  });
  expect(seen).toEqual(['round', 'a', 'phase', 'phase', 'b']);
});

it('asks once for all nodes that are due at a time', async () => {
  const seen = await watched([open, closed, open], async (mayBegin, told) => {
    await Promise.all(
      ['a', 'b', 'c'].map(async (node) => {
        await mayBegin();
        told.push(node);
      }),
    );
  });
  expect(seen).toEqual(['round', 'phase', 'a', 'b', 'c']);
});

it('ends on a bug, and not on a signal', async () => {
  const bug = () => Promise.reject(new Error('bug'));
  await expect(watched([open], bug)).rejects.toThrow('bug');
});
