import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'lossless-json';
import { makeBlock } from './advance.js';
import type { Answer, SimulatedRequest } from './answer.js';
import { type ChainScript, createChain, type SimulatedChain } from './chain.js';
import { controlAnswer } from './control.js';
import { createLimiter, noFaults, type ProxyFaults } from './faults.js';
import { artifactState, versionsAnswer } from './poc/fees.js';
import { playStage } from './poc/poc.js';
import { restAnswer } from './wire-rest.js';
import { rpcAnswer, rpcCall } from './wire-rpc.js';
import { epochsAnswer, participantsAnswer } from './wire-v1.js';

export interface ChainSimulator {
  /** The URL that a client passes as `--node`. */
  url: string;
  chain: SimulatedChain;
  faults: ProxyFaults;
  /** Number of requests so far. */
  requestCount(): number;
  close(): Promise<void>;
}

export interface ChainSimulatorOptions extends ChainScript {
  /** 0 or absent: a free port. */
  port?: number;
  faults?: Partial<ProxyFaults>;
  /**
   * Other answers of this server, given before the proxy and its faults; undefined: a path that is not known
   * here.
   */
  routes?: (request: SimulatedRequest) => Answer | undefined;
}

/** Starts a chain that makes blocks at a pace, and a network node in front of it, on loopback. */
export async function startChainSimulator(options: ChainSimulatorOptions = {}): Promise<ChainSimulator> {
  const chain = createChain(options);
  // The stage of the running epoch is already over, as on a chain that has run for a long time.
  playStage(chain, chain.pocStartHeight);
  const faults = { ...noFaults, ...options.faults };
  const limiter = createLimiter(faults);
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    void serve(request, response, chain, faults, limiter, options.routes).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const stopClock = startClock(chain);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    chain,
    faults,
    requestCount: () => requests,
    close: async () => {
      stopClock();
      await closeServer(server);
    },
  };
}

/** Makes blocks at an even pace; a script may change the pace at any time. */
function startClock(chain: SimulatedChain): () => void {
  makeBlock(chain, new Date());
  let timer: NodeJS.Timeout;
  const tick = () => {
    timer = setTimeout(() => {
      if (!chain.paused) makeBlock(chain, new Date());
      tick();
    }, chain.blockTimeMs);
  };
  tick();
  return () => clearTimeout(timer);
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  chain: SimulatedChain,
  faults: ProxyFaults,
  withinLimit: () => boolean,
  routes: ChainSimulatorOptions['routes'],
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulated');
  const body = await readJson(request);
  const further = routes?.({ method: request.method ?? 'GET', url, body });
  if (further !== undefined) return write(response, further);
  if (!url.pathname.startsWith('/sim/')) {
    if (faults.latencyMs > 0) await sleep(faults.latencyMs);
    const proxied = proxyFault(url, faults, withinLimit);
    if (proxied !== undefined) return write(response, proxied);
  }
  const asked = Number(request.headers['x-cosmos-block-height'] ?? Number.NaN);
  const atHeight = Number.isInteger(asked) && asked > 0 ? asked : undefined;
  write(
    response,
    answer(chain, faults, url, body, atHeight) ?? { status: 404, body: { error: 'not found' } },
  );
}

function answer(
  chain: SimulatedChain,
  faults: ProxyFaults,
  url: URL,
  body: unknown,
  atHeight: number | undefined,
): Answer | undefined {
  if (url.pathname.startsWith('/sim/')) return controlAnswer(chain, faults, url, body);
  if (body !== undefined) return rpcCall(chain, body);
  if (url.pathname === '/v1/epochs/latest') return { body: epochsAnswer(chain) };
  if (url.pathname === '/v1/epochs/current/participants') return { body: participantsAnswer(chain) };
  return (
    restAnswer(chain, url, atHeight) ??
    artifactState(chain, url) ??
    versionsAnswer(chain, url) ??
    rpcAnswer(chain, url)
  );
}

const PAGE = '<html><head><title>Service Temporarily Unavailable</title></head><body>nginx</body></html>';

function proxyFault(url: URL, faults: ProxyFaults, withinLimit: () => boolean): Answer | undefined {
  if (faults.html > 0) {
    faults.html -= 1;
    return { body: PAGE };
  }
  if (faults.refuse > 0) {
    faults.refuse -= 1;
    return { status: 503, body: PAGE };
  }
  if (faults.broken !== null && new RegExp(faults.broken).test(url.pathname))
    return { status: 503, body: PAGE };
  if (/^\/chain-(?:api|rpc)\//.test(url.pathname) && !withinLimit()) return { status: 503, body: PAGE };
  return undefined;
}

function write(response: ServerResponse, { status = 200, body, cut = false }: Answer): void {
  if (cut) return void response.destroy();
  const isPage = typeof body === 'string';
  response.writeHead(status, { 'content-type': isPage ? 'text/html' : 'application/json' });
  // Bare integers above 2^53 are written exactly.
  response.end(isPage ? body : stringify(body));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if (text !== '') return JSON.parse(text);
  return request.method === 'POST' ? {} : undefined;
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
