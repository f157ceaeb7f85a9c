import { readEpochs } from '../chain/epochs.js';
import { known } from './known.js';

const ADMIN_PORT = '9200';
/** Where the stock proxy of a network node serves its public API. */
const PUBLIC_PORT = '8000';

/**
 * The public API of the network node whose admin API is given: on the stock port of the same host, or, behind
 * a proxy of one's own and in the simulator, on the same port.
 *
 * @returns the one that answers; the stock one where none does, so that the checks say so
 */
export async function findPublicApi(adminUrl: string, signal?: AbortSignal): Promise<string> {
  const url = new URL(adminUrl);
  const isStock = url.port === ADMIN_PORT;
  url.port = PUBLIC_PORT;
  const stock = url.origin;
  for (const candidate of isStock ? [stock, adminUrl] : [adminUrl, stock]) {
    const answer = await known(() => readEpochs(candidate, { retries: 0, ...(signal && { signal }) }));
    if ('value' in answer) return candidate;
  }
  return stock;
}
