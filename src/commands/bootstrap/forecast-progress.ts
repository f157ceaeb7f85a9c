import type { Forecast } from '../../chain/forecast.js';
import { startProgress } from '../../terminal/progress.js';
import type { Terminal } from '../../terminal/terminal.js';

/** Shows the progress of the look-ups, and the range of the intents so far. */
export function forecastProgress(terminal: Terminal, total: number) {
  const progress = startProgress(terminal, { label: 'looking up', total, unit: 'hosts' });
  return {
    onProgress({ judged, atMost, skipped }: Forecast, done: number) {
      const failed = skipped.length === 0 ? '' : `, ${skipped.length} failed`;
      progress.update(
        done,
        `intent weight ${judged.intentWeight} to ${atMost.intentWeight} of ${judged.totalNetworkWeight}${failed}`,
      );
    },
    stop: () => progress.stop(),
  };
}
