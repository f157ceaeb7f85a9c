import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpFault } from '../../src/http/fault.js';
import { requestJson } from '../../src/http/request.js';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** What becomes of a request to a server that answers so. */
async function outcome(listener: RequestListener, limits: { timeoutMs?: number; maxBytes?: number } = {}) {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const url = `http://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}/x`;
  try {
    return await requestJson({ method: 'GET', url, timeoutMs: 5_000, maxBytes: 10_000, ...limits });
  } catch (error) {
    if (error instanceof HttpFault) return error;
    throw error;
  }
}

const answer = (status: number, body: string, headers: Record<string, string> = {}): RequestListener => {
  return (_request, response) => response.writeHead(status, headers).end(body);
};

describe('a request', () => {
  it('gives the parsed body of a good answer', async () => {
    expect(await outcome(answer(200, '{"a":1}'))).toEqual({ status: 200, body: { a: 1 } });
  });

  it.each([
    ['a page of a proxy', answer(502, '<!DOCTYPE html><p>Bad gateway'), 'failing', /HTTP 502 \(an HTML page/],
    ['a page instead of JSON', answer(200, '<html><body>'), 'not_json', /an HTML page instead of JSON/],
    ['nothing', answer(200, ''), 'not_json', /an empty answer/],
    ['half a body', answer(200, '{"a":'), 'not_json', /cut off/],
    ['deep nesting', answer(200, `${'['.repeat(5000)}${']'.repeat(5000)}`), 'malformed', /nested deeper/],
    ['a compressed body', answer(200, 'x', { 'content-encoding': 'gzip' }), 'not_json', /gzip encoding/],
    ['a redirect', answer(302, '', { location: 'http://127.0.0.1:1/' }), 'redirected', /HTTP 302/],
    ['404', answer(404, '{"detail":"Not Found"}'), 'absent', /\(Not Found\)/],
    ['409', answer(409, '{"detail":"busy"}'), 'conflict', /\(busy\)/],
    [
      '422',
      answer(422, '{"detail":[{"loc":["body","nonces"],"msg":"field required","type":"x"}]}'),
      'rejected',
      /body\.nonces: field required/,
    ],
    [
      '503',
      answer(503, '{"detail":"{\\"detail\\":{\\"error\\":\\"no replica\\"}}"}'),
      'failing',
      /\(no replica\)/,
    ],
  ] as const)('tells %s by its outcome', async (_what, listener, expected, message) => {
    const fault = await outcome(listener);
    expect(fault).toMatchObject({ outcome: expected });
    expect((fault as HttpFault).message).toMatch(message);
    expect((fault as HttpFault).message).not.toContain('secret');
  });

  it('reads no more of a body than was asked for', async () => {
    const endless: RequestListener = (_request, response) => {
      const timer = setInterval(() => response.write('x'.repeat(5_000)), 1);
      response.on('close', () => clearInterval(timer));
    };
    expect(await outcome(endless)).toMatchObject({ outcome: 'too_large' });
  });

  it('waits no longer than its limit, for headers and for a body', async () => {
    expect(await outcome(() => {}, { timeoutMs: 100 })).toMatchObject({ outcome: 'timed_out' });
    const stalls: RequestListener = (_request, response) => {
      response.write('{"a"');
    };
    expect(await outcome(stalls, { timeoutMs: 100 })).toMatchObject({ outcome: 'timed_out' });
  });

  it('tells a broken connection from a refused one', async () => {
    expect(await outcome((request) => request.socket.destroy())).toMatchObject({ outcome: 'broken' });
    await expect(
      requestJson({ method: 'GET', url: 'http://127.0.0.1:9/', timeoutMs: 1_000, maxBytes: 1 }),
    ).rejects.toMatchObject({ outcome: 'unreachable' });
  });

  it('keeps how long a throttling server asks to wait', async () => {
    expect(await outcome(answer(429, '', { 'retry-after': '7' }))).toMatchObject({
      outcome: 'throttled',
      retryAfterMs: 7_000,
    });
    expect(await outcome(answer(503, '', { 'retry-after': '1' }))).toMatchObject({ outcome: 'throttled' });
  });
});
