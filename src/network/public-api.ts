import { readEpochs } from '../chain/epochs.js';
import { known } from './known.js';

const ADMIN_PORT = '9200';
/** Port on which the stock proxy of a network node serves its public API. */
const PUBLIC_PORT = '8000';

/**
 * Finds the public API of the network node whose admin API is given. It is on the stock port of the same host
 * or, behind the user's own proxy and in the simulator, on the same port as the admin API.
 *
 * @returns the URL that answers; the stock one where none does, so that the checks report that
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
