import { MlNodeClient } from '../mlnode/client.js';
import type { WantedNode } from '../network/checks/check.js';
import { known } from '../network/known.js';
import { addressOf } from '../network/reach.js';
import { roughDurationText } from '../text/duration.js';
import { type HostFile, reachOf } from './host-file.js';
import { downloadLeftS, type MeasuredSpeeds } from './measured.js';

/** Weights that are not complete, and the time for the rest of the download. */
export interface DownloadForecast {
  id: string;
  /** As the node reports it. */
  status: string;
  /** null: neither the host file nor a download of this run gives it. */
  leftS: number | null;
}

/** Asks the nodes that do not have the model's weights how complete they are. */
export async function forecastDownloads(
  host: HostFile,
  nodes: WantedNode[],
  measured: MeasuredSpeeds,
  signal: AbortSignal,
): Promise<DownloadForecast[]> {
  const { model, weights_gb: told } = host;
  const forecasts = nodes.map(async ({ node, weights }): Promise<DownloadForecast[]> => {
    const status = 'value' in weights ? weights.value[model]?.status : undefined;
    if (status == null || status === 'DOWNLOADED') return [];
    const cacheGb = await known(() => new MlNodeClient(addressOf(node, reachOf(host)), signal).weightsGb());
    const now = { at: Date.now(), cacheGb: 'value' in cacheGb ? cacheGb.value : null };
    return [{ id: node.id, status, leftS: downloadLeftS(measured, node.id, now, told) }];
  });
  return (await Promise.all(forecasts)).flat();
}

/** Why a node cannot be ready at PoC start; undefined when it can, or when this is not known. */
export function whyTooLate(leftS: number | null, loadS: number, untilPocS: number): string | undefined {
  if (leftS === null || leftS + loadS <= untilPocS) return undefined;
  return `its weights need ${roughDurationText(leftS)} more, a load with its validation ${roughDurationText(loadS)}, and PoC starts in ${roughDurationText(untilPocS)}`;
}
