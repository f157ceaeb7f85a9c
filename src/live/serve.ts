import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { PAGE_HEADERS } from '../page/page-server.js';
import { liveEvent, renderLivePage } from './page.js';
import type { LiveState } from './state.js';

/** Time between two events of one page, in milliseconds. */
const EVERY_MS = 1000;
/** Times on the page are updated even if nothing happens. */
const TICK_MS = 30_000;
/** Most pages open at a time: each needs a rendering per second, and scrapers must find a free connection. */
const MOST_PAGES = 20;

interface LiveOptions {
  state: LiveState;
  /** The page of the node's last run, by its index in the fleet; null if there is none. */
  nodePage(at: number): Promise<string | null>;
  historyPage(): Promise<string>;
  /** The host that the user gave for listening. */
  host: string;
}

/**
 * Answers the requests of the live page.
 *
 * A page of another site may not read it: the Host header must be an IP address, localhost or the host that
 * the user gave, so that no other name leads here (DNS rebinding). If the user gave no host for listening,
 * only this machine gets answers.
 *
 * @returns whether the request was answered
 */
export function serveLive(options: LiveOptions) {
  const pages = new Set<ServerResponse>();
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = (request.url ?? '/').split('?')[0] as string;
    const node = /^\/node\/(\d{1,6})$/.exec(path)?.[1];
    if (!['/', '/events', '/history'].includes(path) && node === undefined) return false;
    const refusal = refusalOf(request, options.host);
    if (refusal !== null) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end(`${refusal}\n`);
      return true;
    }
    if (path === '/events') return sendEvents(options.state, pages, request, response);
    const page =
      node !== undefined
        ? await options.nodePage(Number(node))
        : path === '/history'
          ? await options.historyPage()
          : renderLivePage(options.state.fleet, Date.now());
    if (page === null) response.writeHead(404).end('this node has no run with a report yet\n');
    else response.writeHead(200, PAGE_HEADERS).end(page);
    return true;
  };
}

function refusalOf({ headers, socket, method }: IncomingMessage, host: string): string | null {
  if (method !== 'GET') return 'the page is read only';
  const name = /^(?:\[([0-9a-f:.]+)\]|([^:]+))(?::\d+)?$/i.exec(headers.host ?? '');
  const asked = (name?.[1] ?? name?.[2] ?? '').toLowerCase();
  if (asked === '' || (asked !== 'localhost' && asked !== host.toLowerCase() && isIP(asked) === 0)) {
    return 'the page is served under an address of this machine, localhost, or the host of --metrics';
  }
  const isHere = /^(?:127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '');
  if (host !== '' || isHere) return null;
  return 'the page is for this machine alone: name a host in --metrics (0.0.0.0:PORT for all) to show it to others';
}

function sendEvents(
  state: LiveState,
  pages: Set<ServerResponse>,
  request: IncomingMessage,
  response: ServerResponse,
): true {
  if (pages.size >= MOST_PAGES) {
    response.writeHead(503, { 'retry-after': '60' }).end('too many pages are open\n');
    return true;
  }
  pages.add(response);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const sent = new Map<string, string>();
  let sentOrder = '';
  let timer: NodeJS.Timeout | undefined;
  const send = () => {
    timer = undefined;
    // A slow reader gets the newest state, and not every state in between.
    if (response.writableNeedDrain) {
      later();
      return;
    }
    const event = liveEvent(state.fleet, sent, Date.now());
    for (const [id, markup] of event.changed) sent.set(id, markup);
    // In a large fleet the order is most of an event, and it seldom changes.
    const { order, ...others } = event;
    const isNew = order.join() !== sentOrder;
    sentOrder = order.join();
    response.write(`data: ${JSON.stringify(isNew ? event : others)}\n\n`);
  };
  const later = () => {
    timer ??= setTimeout(send, EVERY_MS).unref();
  };
  send();
  const stop = state.onChange(later);
  const tick = setInterval(later, TICK_MS).unref();
  request.on('close', () => {
    stop();
    clearInterval(tick);
    clearTimeout(timer);
    pages.delete(response);
  });
  return true;
}
