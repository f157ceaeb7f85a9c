import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Outcome } from '../../../src/http/fault.js';

/** The answer of the node behind the front. */
export interface RealAnswer {
  status: number;
  body: string;
}

/** Answers one request on its raw socket, with or without asking the node behind. */
type Answer = (socket: Socket, real: () => Promise<RealAnswer>) => Promise<void> | void;

/** One way for an exchange with a node to go wrong. */
export interface Fault {
  name: string;
  /** What the client is to take it for; null: for a good answer. */
  outcome: Outcome | null;
  /** On a request, or on the connection before there is one. */
  answer: Answer | 'refused' | 'no such host' | 'TLS expired';
  /** The node behind does not know the request where the answer is made up. */
  status?: number;
}

const MIB = Buffer.alloc(1 << 20, ' ');
/** 256 MiB, compressed. */
const BOMB = gzipSync(Buffer.alloc(256 << 20));

export const faults: Fault[] = [
  { name: 'refused', outcome: 'unreachable', answer: 'refused' },
  { name: 'host name unknown', outcome: 'unreachable', answer: 'no such host' },
  { name: 'TLS expired', outcome: 'untrusted', answer: 'TLS expired' },
  { name: 'reset before the answer', outcome: 'broken', answer: (socket) => reset(socket) },
  {
    name: 'reset inside headers',
    outcome: 'broken',
    answer: afterWork(() => 'HTTP/1.1 200 OK\r\ncontent-ty'),
  },
  {
    name: 'reset inside the body',
    outcome: 'broken',
    answer: afterWork(({ body }) => head(200, body.length) + body.slice(0, body.length / 2)),
  },
  {
    name: 'slow headers',
    outcome: 'timed_out',
    answer: drip('HTTP/1.1 200 OK\r\n', () => 'x-slow: 1\r\n'),
  },
  { name: 'slow body', outcome: 'timed_out', answer: drip(head(200, 1 << 20), () => ' ') },
  { name: 'silence', outcome: 'timed_out', answer: () => {} },
  { name: 'empty body', outcome: 'not_json', answer: whole(200, '') },
  {
    name: 'HTML',
    outcome: 'not_json',
    answer: whole(200, '<!DOCTYPE html><html><body>Welcome</body></html>'),
  },
  {
    name: 'truncated JSON',
    outcome: 'not_json',
    answer: async (socket, real) => {
      const { body } = await real();
      write(socket, 200, body.slice(0, -2));
    },
  },
  { name: 'deep JSON', outcome: 'malformed', answer: whole(200, '['.repeat(50_000) + ']'.repeat(50_000)) },
  { name: 'body of 1 GiB', outcome: 'too_large', answer: (socket) => flood(socket, 1024) },
  {
    name: 'other content type',
    outcome: null,
    answer: async (socket, real) => {
      const { status, body } = await real();
      write(socket, status, body, { 'content-type': 'text/html' });
    },
  },
  {
    name: 'gzip bomb',
    outcome: 'not_json',
    answer: (socket) => {
      socket.write(head(200, BOMB.length, { 'content-encoding': 'gzip' }));
      socket.end(BOMB);
    },
  },
  {
    name: 'duplicate keys, __proto__',
    outcome: null,
    answer: async (socket, real) => {
      const { status, body } = await real();
      const poison =
        '{"status":"bogus","__proto__":{"poisoned":true},"constructor":{"prototype":{"poisoned":1}},';
      write(socket, status, body.replace('{', poison));
    },
  },
  { name: '400', outcome: 'rejected', answer: refusal(400) },
  { name: '404', outcome: 'absent', answer: refusal(404), status: 404 },
  { name: '409', outcome: 'conflict', answer: refusal(409) },
  { name: '422', outcome: 'rejected', answer: refusal(422) },
  { name: '429', outcome: 'throttled', answer: refusal(429) },
  { name: '429 with Retry-After', outcome: 'throttled', answer: refusal(429, { 'retry-after': '1' }) },
  { name: '500', outcome: 'failing', answer: refusal(500) },
  { name: '502', outcome: 'failing', answer: refusal(502), status: 502 },
  { name: '503', outcome: 'failing', answer: refusal(503) },
  { name: '503 with Retry-After', outcome: 'throttled', answer: refusal(503, { 'retry-after': '1' }) },
  { name: '504', outcome: 'failing', answer: refusal(504) },
  {
    name: '200 with an error inside',
    outcome: 'malformed',
    answer: whole(200, '{"error":{"message":"engine dead"}}'),
  },
  {
    name: 'redirect to another host',
    outcome: 'redirected',
    answer: (socket) => write(socket, 302, '', { location: 'http://127.0.0.2:9/api/v1' }),
  },
];

function head(status: number, length: number, headers: Record<string, string> = {}): string {
  const lines = Object.entries({
    'content-type': 'application/json',
    connection: 'close',
    ...headers,
    'content-length': length,
  });
  return `HTTP/1.1 ${status} X\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

function write(socket: Socket, status: number, body: string, headers: Record<string, string> = {}): void {
  socket.end(head(status, Buffer.byteLength(body), headers) + body);
}

function whole(status: number, body: string): Answer {
  return (socket) => write(socket, status, body);
}

function refusal(status: number, headers: Record<string, string> = {}): Answer {
  return (socket) => write(socket, status, JSON.stringify({ detail: `simulated ${status}` }), headers);
}

function reset(socket: Socket): void {
  socket.resetAndDestroy();
}

/** The node does what it was asked; the connection breaks while it tells so. */
function afterWork(start: (answer: RealAnswer) => string): Answer {
  return async (socket, real) => {
    socket.write(start(await real()));
    // Time for the bytes to leave before the reset overtakes them.
    await sleep(10);
    reset(socket);
  };
}

/** The node does what it was asked, and tells it without end. */
function drip(start: string, more: () => string): Answer {
  return async (socket, real) => {
    await real();
    socket.write(start);
    while (!socket.destroyed) {
      await sleep(20);
      if (!socket.destroyed) socket.write(more());
    }
  };
}

async function flood(socket: Socket, mebibytes: number): Promise<void> {
  socket.write(head(200, mebibytes << 20));
  for (let sent = 0; sent < mebibytes && !socket.destroyed; sent++) {
    if (socket.write(MIB)) continue;
    // Whoever reads no more closes the connection; then there is nothing to wait for.
    await new Promise<void>((resolve) => {
      socket.once('drain', resolve);
      socket.once('close', () => resolve());
    });
  }
}
