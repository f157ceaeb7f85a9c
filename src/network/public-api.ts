import { readEpochs } from '../chain/epochs.js';
import { AssayError, Interrupted } from '../errors.js';

const ADMIN_PORT = '9200';
/** Where the stock proxy of a network node serves its public API. */
const PUBLIC_PORT = '8000';

/**
 * The public API of the network node whose admin API is given: on the stock port of the same host. An admin
 * API on another port than its own is behind a proxy, or simulated, which may serve both on one port.
 */
export async function findPublicApi(adminUrl: string, signal?: AbortSignal): Promise<string> {
  const stock = new URL(adminUrl);
  const isStock = stock.port === ADMIN_PORT;
  stock.port = PUBLIC_PORT;
  stock.pathname = '';
  const stockUrl = stock.href.replace(/\/$/, '');
  if (isStock) return stockUrl;
  try {
    await readEpochs(adminUrl, { retries: 0, ...(signal && { signal }) });
    return adminUrl;
  } catch (error) {
    if (!(error instanceof AssayError) || error instanceof Interrupted) throw error;
    return stockUrl;
  }
}
