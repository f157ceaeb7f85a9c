import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from './api-error.js';
import type { Answer } from './endpoints/endpoint.js';
import { endpoints } from './endpoints/index.js';
import type { Fault, FaultHook } from './faults.js';
import { lax } from './lax.js';
import type { MlNode } from './node.js';
import { type Match, Router } from './router.js';
import { unprocessable } from './unprocessable.js';

export interface HttpOptions {
  segment: string;
  /** Read at each request, so that it can change. */
  faults(): FaultHook | undefined;
  /** Incremented for each request to a known endpoint: `POST /inference/pow/generate`. */
  counters: Record<string, number>;
}

/** The HTTP side of a simulated ML node. */
export function createMlNodeServer(node: MlNode, options: HttpOptions): Server {
  const router = new Router(
    endpoints.filter(({ path }) => !node.settings.legacy || !/^\/(?:gpu|models)\//.test(path)),
    options.segment,
  );

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] as string;
    const text = await readText(request);
    if (node.inference.phase() === 'away') return void request.socket.destroy();

    const matches = router.match(path);
    const match = matches.find(({ endpoint }) => endpoint.method === request.method);
    const endpoint = match?.endpoint.path ?? path;
    const key = `${request.method} ${endpoint}`;
    const earlier = options.counters[key] ?? 0;
    if (match !== undefined) options.counters[key] = earlier + 1;

    const body = parseBody(request, text);
    const fault = options.faults()?.({ method: request.method ?? '', endpoint, path, body, earlier });
    if (fault?.hang) return;
    if (fault?.reset) return void request.socket.destroy();
    const answer =
      typeof fault?.body === 'string'
        ? { body: fault.body }
        : (redirectOf(request, path, matches.length > 0) ??
          (await answerTo(match, matches.length > 0, lax(body))));
    if ('events' in answer && answer.events !== undefined) return await sendEvents(response, answer.events);
    await send(response, answer, fault);
  }

  /** FastAPI redirects a path with an extra slash at its end to the path without it. */
  function redirectOf({ headers }: IncomingMessage, path: string, pathExists: boolean): Answer | undefined {
    if (pathExists || !path.endsWith('/') || router.match(path.slice(0, -1)).length === 0) return undefined;
    const location = `http://${headers.host ?? 'localhost'}${path.slice(0, -1)}`;
    return { status: 307, headers: { location }, body: '' };
  }

  async function answerTo(match: Match | undefined, pathExists: boolean, body: unknown): Promise<Answer> {
    try {
      if (match === undefined) {
        throw pathExists ? new ApiError(405, 'Method Not Allowed') : new ApiError(404, 'Not Found');
      }
      const { endpoint, rest } = match;
      if (endpoint.body && !endpoint.body(body)) {
        if (node.has('takes-anything')) return { body: { status: 'queued', request_id: '5001:none' } };
        throw unprocessable(endpoint.body.errors, body);
      }
      return await endpoint.run(node, { body, rest });
    } catch (error) {
      if (error instanceof ApiError) return { status: error.status, body: { detail: error.detail } };
      throw error;
    }
  }

  return createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      // A client that disconnected is no error; anything else is a bug that a test must see.
      if (request.destroyed || response.destroyed) return;
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`Internal Server Error: ${String(error)}`);
    });
  });
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** FastAPI parses a body as JSON only with a JSON content type. */
function parseBody(request: IncomingMessage, text: string): unknown {
  if (!/\bjson\b/.test(request.headers['content-type'] ?? '')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function sendEvents(response: ServerResponse, events: AsyncIterable<string>): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for await (const event of events) {
    if (response.destroyed) return;
    response.write(`data: ${event}\n\n`);
  }
  response.end();
}

async function send(response: ServerResponse, answer: Answer, fault: Fault | undefined): Promise<void> {
  if (fault?.delayMs !== undefined) await sleep(fault.delayMs, undefined, { ref: false });
  const garbled = typeof fault?.body === 'function' ? fault.body(answer.body) : answer.body;
  const bytes = Buffer.from(typeof garbled === 'string' ? garbled : JSON.stringify(garbled));
  response.writeHead(fault?.status ?? answer.status ?? 200, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...answer.headers,
    ...fault?.headers,
  });
  if (fault?.truncateAt === undefined) return void response.end(bytes);
  response.write(bytes.subarray(0, fault.truncateAt), () => response.destroy());
}
