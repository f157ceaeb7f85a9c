import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { requestJson } from '../../src/http/request.js';
import { awaitAnswer, tellOfSilence } from '../../src/http/silence.js';

let said: string[];
let end: () => void;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  said = [];
  end = tellOfSilence((text) => said.push(text));
});
afterEach(() => {
  end();
  vi.useRealTimers();
});

const pass = (seconds: number) => vi.advanceTimersByTime(1000 * seconds);

describe('a wait for an answer', () => {
  it('is told after some seconds, then ever more rarely', () => {
    awaitAnswer('http://node:1');
    pass(4);
    expect(said).toEqual([]);
    pass(600);
    expect(said).toEqual([
      'waiting for http://node:1: no answer for 5 s',
      'waiting for http://node:1: no answer for 15 s',
      'waiting for http://node:1: no answer for 45 s',
      'waiting for http://node:1: no answer for 135 s',
      'waiting for http://node:1: no answer for 405 s',
    ]);
  });

  it('goes on through retries, and ends with any answer', () => {
    awaitAnswer('http://node:1')(false);
    pass(20);
    // Nothing is under way: nobody waits.
    expect(said).toEqual([]);
    const answered = awaitAnswer('http://node:1');
    pass(1);
    expect(said).toEqual(['waiting for http://node:1: no answer for 20 s']);
    answered(true);
    awaitAnswer('http://node:1');
    pass(4);
    expect(said).toHaveLength(1);
  });

  it('does not count a time in which nothing was asked', () => {
    awaitAnswer('http://node:1')(false);
    pass(3_600);
    awaitAnswer('http://node:1');
    pass(6);
    expect(said).toEqual(['waiting for http://node:1: no answer for 5 s']);
  });

  it('is one line for many that keep silent together, without secrets', () => {
    for (let node = 1; node <= 100; node++) awaitAnswer(`http://node:${node}`);
    awaitAnswer('http://node:1');
    pass(6);
    expect(said).toEqual([
      'waiting for http://node:1, http://node:2, http://node:3 and 97 more: no answer for 5 s',
    ]);
  });

  it('is told by nobody after the end of the command', () => {
    awaitAnswer('http://node:1');
    end();
    pass(60);
    expect(said).toEqual([]);
  });
});

describe('a request', () => {
  it('to one who accepts connections and never answers is told, unless it may take long', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const stop = new AbortController();
    const ask = { method: 'GET', url, timeoutMs: 60_000, maxBytes: 10, signal: stop.signal } as const;
    const long = requestJson({ ...ask, mayTakeLong: true }).catch(() => 'ended');
    pass(10);
    expect(said).toEqual([]);
    const usual = requestJson(ask).catch(() => 'ended');
    pass(6);
    expect(said).toEqual([`waiting for ${url}: no answer for 5 s`]);
    stop.abort();
    expect(await Promise.all([long, usual])).toEqual(['ended', 'ended']);
    silent.closeAllConnections();
    silent.close();
  });
});
