import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { type MetricsServer, serveMetrics } from '../../src/live/server.js';

let server: MetricsServer | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.close();
});

function dial(): Socket {
  const { hostname, port } = new URL((server as MetricsServer).url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  // Who reads nothing never hears of an end.
  socket.resume();
  sockets.push(socket);
  return socket;
}

describe('the metrics server', () => {
  it('lets nobody in above its limit, and everybody again when there is room', async () => {
    server = await serveMetrics(new Registry(), '127.0.0.1:0');
    const held = Array.from({ length: 64 }, dial);
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    await once(dial(), 'close');
    for (const socket of held) socket.destroy();
    // One that is dropped may wait for ever for its answer.
    const healthy = () =>
      fetch(new URL('/healthz', server?.url), { signal: AbortSignal.timeout(1_000) }).then(
        (answer) => answer.text(),
        String,
      );
    await expect.poll(healthy, { timeout: 60_000 }).toBe('ok\n');
  });

  it('keeps no connection that sends its headers slowly, or too many of them', async () => {
    server = await serveMetrics(new Registry(), '127.0.0.1:0');
    const slow = dial();
    slow.write('GET /metrics HTTP/1.1\r\nHost: x\r\n');
    const large = dial();
    large.write(`GET /metrics HTTP/1.1\r\nHost: x\r\n${`A: ${'x'.repeat(900)}\r\n`.repeat(12)}\r\n`);
    const [answer] = (await once(large, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 431/);
    let said = '';
    slow.on('data', (chunk) => {
      said += chunk;
    });
    await once(slow, 'close');
    expect(said).toMatch(/^(?:HTTP\/1\.1 408|$)/);
  });
});
