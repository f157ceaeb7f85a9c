import { expectedTime, measureBlockPace } from '../chain/block-pace.js';
import { readEpochs } from '../chain/epochs.js';
import { AssayError } from '../errors.js';
import { roughDurationText } from '../text/duration.js';
import { momentText } from '../text/figures.js';
import { known } from './known.js';

/** A node waits for its first PoC: its config is stored, and nothing is wrong with it. */
export class AwaitsPoc extends AssayError {
  override name = 'AwaitsPoc';
}

/** The height and time of the next PoC, as far as the network node reports them. */
export async function nextPocText(nodeUrl: string | undefined, signal?: AbortSignal): Promise<string> {
  if (nodeUrl === undefined) return 'its height is not known: give the network node with --node';
  const read = { retries: 1, ...(signal && { signal }) };
  const [epochs, pace] = await Promise.all([
    known(() => readEpochs(nodeUrl, read)),
    known(() => measureBlockPace(nodeUrl, read)),
  ]);
  if ('unknown' in epochs) return `its height is not known (${epochs.unknown})`;
  const height = epochs.value.stages.nextPocStart;
  if ('unknown' in pace)
    return `it starts at height ${height}, at a time that is not known (${pace.unknown})`;
  const at = expectedTime(height, pace.value);
  const seconds = Math.max(0, (at.getTime() - Date.now()) / 1000);
  return `it starts at height ${height}, about ${momentText(at)} (in ${roughDurationText(seconds)})`;
}
