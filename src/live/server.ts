import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { AssayError, messageOf, UsageError } from '../errors.js';

/**
 * Enough for a scraper or two and probes; a client that opens more blocks the others only for a short time.
 */
const MAX_CONNECTIONS = 64;
/** A request has a few short headers, sent at once. */
const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8_192,
};

/** Where metrics are served. */
export interface MetricsServer {
  /** `http://HOST:PORT/metrics` */
  url: string;
  close(): Promise<void>;
}

/** Answers requests for pages; returns whether it was one. */
export type Pages = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/**
 * Serves a registry at `/metrics`, and `/healthz` for probes.
 *
 * @param address `HOST:PORT`, `[IPV6]:PORT` or `:PORT`; port 0 selects a free port
 * @param pages what else is served, by the host in the address (empty: no host)
 * @throws UsageError for another form, AssayError when the server cannot listen on the address
 */
export async function serveMetrics(
  registry: Registry,
  address: string,
  pages?: (host: string) => Pages,
): Promise<MetricsServer> {
  const { host, port } = parseListenAddress(address);
  const answerPage = pages?.(host) ?? (async () => false);
  const server = createServer(LIMITS, (request, response) => {
    if (request.url === '/healthz') {
      response.end('ok\n');
      return;
    }
    if (request.url !== '/metrics') {
      answerPage(request, response).then(
        (isAnswered) => isAnswered || response.writeHead(404).end('metrics are at /metrics\n'),
        (error) => response.writeHead(500).end(`${messageOf(error)}\n`),
      );
      return;
    }
    registry.metrics().then(
      (text) => response.setHeader('content-type', registry.contentType).end(text),
      (error) => response.writeHead(500).end(`${messageOf(error)}\n`),
    );
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(port, host || '::');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new AssayError(`cannot serve metrics at ${address}: ${messageOf(error)}`, {
      advice: 'give another address with --metrics',
    });
  }
  const bound = server.address() as AddressInfo;
  return {
    url: `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}/metrics`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function parseListenAddress(address: string): { host: string; port: number } {
  const [, ipv6, host = ipv6, digits] = /^(?:\[([0-9a-f:]+)\]|([^:[\]]*)):(\d{1,5})$/i.exec(address) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65535) {
    throw new UsageError(`--metrics ${address} is no address to listen on`, {
      advice: 'write it like 127.0.0.1:9464, or :9464 for every interface',
    });
  }
  return { host: host ?? '', port };
}
