import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AssayError, messageOf } from '../errors.js';

/**
 * Headers of every served page: no other site may frame it, guess its type or learn the address of a link.
 */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

/** Enough for the browser of one person. */
const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16_384,
};
const MAX_CONNECTIONS = 32;
const LOOPBACK = '127.0.0.1';

/** Pages on a port of this machine. */
export interface PageServer {
  /** `http://127.0.0.1:PORT/` */
  url: string;
  close(): Promise<void>;
}

/**
 * Serves pages on the loopback interface, to be read only.
 *
 * The Host header must be the loopback interface and the port, so that no other name leads here (DNS
 * rebinding).
 *
 * @param pageAt returns the page of a decoded path that begins with a slash; null: there is none
 * @param port 0: a free port
 * @throws AssayError when the server cannot listen on the port
 */
export async function servePages(
  pageAt: (path: string) => Promise<string | null>,
  port: number,
): Promise<PageServer> {
  const server = createServer(LIMITS, (request, response) => {
    answer(request, response, pageAt).catch((error: unknown) => {
      const isOfUser = error instanceof AssayError;
      sendText(response, isOfUser ? 422 : 500, isOfUser ? error.line : messageOf(error));
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new AssayError(`cannot serve pages at ${LOOPBACK}:${port}: ${messageOf(error)}`, {
      advice: 'give another port with --port, or none for a free one',
    });
  }
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${bound}/`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  pageAt: (path: string) => Promise<string | null>,
): Promise<void> {
  const { method, headers, socket } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return sendText(response, 405, 'the pages are read only');
  }
  if (!isOwnHost(headers.host, socket.localPort))
    return sendText(response, 403, `the pages are served at ${LOOPBACK}:${socket.localPort} alone`);
  const path = pathOf(request.url ?? '/');
  const page = path === null ? null : await pageAt(path);
  if (page === null) return sendText(response, 404, 'no such page; / lists all there are');
  response.writeHead(200, PAGE_HEADERS).end(method === 'HEAD' ? '' : page);
}

function isOwnHost(host: string | undefined, port: number | undefined): boolean {
  return [LOOPBACK, 'localhost'].some((name) => host?.toLowerCase() === `${name}:${port}`);
}

/** The decoded path; null for an invalid path, or one that would leave its folder. */
function pathOf(url: string): string | null {
  try {
    const path = decodeURIComponent(url.split('?')[0] as string);
    return path.startsWith('/') && !path.includes('\0') && !path.split(/[/\\]/).includes('..') ? path : null;
  } catch {
    return null;
  }
}

function sendText(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return void response.destroy();
  response
    .writeHead(status, { ...PAGE_HEADERS, 'content-type': 'text/plain; charset=utf-8' })
    .end(`${text}\n`);
}
