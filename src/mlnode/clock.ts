import { HttpFault } from '../http/fault.js';
import { requestHeaders } from '../http/request.js';

/** How far an ML node's clock is from this machine's. */
export interface ClockSkew {
  /** Above 0: the node's clock is ahead. */
  skewMs: number;
  roundTripMs: number;
}

const TIMEOUT_MS = 10_000;

/**
 * Asks an ML node for its time (`GET /api/v1/clock`: 204, the times in headers); null where the build has no
 * clock.
 *
 * @throws HttpFault when the node does not answer
 */
export async function readClockSkew(mlNodeUrl: string): Promise<ClockSkew | null> {
  const sentAt = Date.now();
  const headers = await headersOf(`${mlNodeUrl}/api/v1/clock`);
  const receivedAt = Date.now();
  if (headers === null) return null;
  const times = ['x-server-recv-ns', 'x-server-send-ns'].map((name) => headers[name]);
  const [received, sent] = times.map((text) =>
    typeof text === 'string' && /^[0-9]{1,20}$/.test(text) ? Number(BigInt(text) / 1000n) / 1000 : null,
  );
  if (received == null || sent == null) return null;
  return {
    skewMs: (received - sentAt + (sent - receivedAt)) / 2,
    roundTripMs: receivedAt - sentAt - (sent - received),
  };
}

async function headersOf(url: string): Promise<Record<string, string | undefined> | null> {
  try {
    return await requestHeaders(url, TIMEOUT_MS);
  } catch (error) {
    if (error instanceof HttpFault && error.outcome === 'absent') return null;
    throw error;
  }
}
