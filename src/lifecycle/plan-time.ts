import { counted } from '../text/figures.js';
import { type DownloadForecast, whyTooLate } from './forecast-downloads.js';
import { loadBlocks } from './plan-steps.js';

/** Seconds for a load and its validation. */
export interface LoadTime {
  seconds: number;
  /** Measured by the run of this file; else it is the file's value. */
  isMeasured: boolean;
}

export interface TimeInputs {
  nodeCount: number;
  atATime: number;
  loadTime: LoadTime;
  /** Blocks between snapshot and PoC start. */
  window: number;
  blocksToPoc: number;
  msPerBlock: number;
  downloads: DownloadForecast[];
  /** The run does not wait for a later epoch. */
  isLastEpoch: boolean;
}

/** Checks whether downloads, loads and validations fit before PoC start. */
export function judgeTime(inputs: TimeInputs): { obstacles: string[]; warnings: string[] } {
  const { nodeCount, atATime, loadTime, window, blocksToPoc, msPerBlock, downloads, isLastEpoch } = inputs;
  const obstacles: string[] = [];
  const warnings: string[] = [];
  const blocks = loadBlocks({ loadTimeMs: loadTime.seconds * 1000, msPerBlock });
  const load = `${blocks} (${loadTime.isMeasured ? 'measured' : 'load_time'})`;
  const turns = Math.ceil(nodeCount / atATime);
  if (nodeCount > 0 && blocks > window)
    obstacles.push(`the deploy window has ${counted(window, 'block')}, and a load takes ${load}`);
  else if (blocks * turns > window)
    warnings.push(
      `the deploy window has ${counted(window, 'block')}, and ${counted(turns, 'load')} one after the other take ${load} each: some nodes will not be switched (at_a_time)`,
    );
  const late = downloads.flatMap(({ id, leftS }) => {
    const why = whyTooLate(leftS, loadTime.seconds, (blocksToPoc * msPerBlock) / 1000);
    return why === undefined ? [] : [`${id} cannot be switched before PoC starts: ${why}`];
  });
  // One ready node is enough: it commits for the host. A late node may be used in a later epoch.
  const isHopeless = late.length === nodeCount && isLastEpoch;
  (isHopeless ? obstacles : warnings).push(...late);
  return { obstacles, warnings };
}
