import type { BlockPace } from '../chain/block-pace.js';
import type { Patience } from '../chain/patience.js';
import { waitForHeight } from '../chain/wait-for-height.js';
import { startProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';

/** Waits for a height and shows the progress on stderr; returns the height that was seen. */
export async function waitWithProgress(
  nodeUrl: string,
  label: string,
  height: number,
  { height: start, msPerBlock }: BlockPace,
  patience: Patience,
  terminal: Terminal,
): Promise<number> {
  if (height <= start) return start;
  const progress = startProgress(terminal, {
    label: `waiting for ${label} at ${height}`,
    total: height - start,
    unit: 'blocks',
  });
  try {
    return await waitForHeight(nodeUrl, height, {
      ...patience,
      msPerBlock,
      onHeight: (now) => progress.update(Math.max(0, Math.min(now, height) - start), `height ${now}`),
    });
  } finally {
    progress.stop();
  }
}
