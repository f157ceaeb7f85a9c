import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { proxyFor, withoutProxies } from '../../src/http/proxy.js';
import { requestJson } from '../../src/http/request.js';

const nowhere = async (): Promise<string[]> => [];
const at = (address: string) => async () => [address];

describe('the proxy of the environment', () => {
  const HTTP_PROXY = 'http://proxy.example:3128';
  const of = (url: string, env: NodeJS.ProcessEnv, resolve = nowhere) => proxyFor(url, env, resolve);

  it('is chosen by scheme, and the lower-case variable counts first', async () => {
    const env = { HTTP_PROXY, https_proxy: 'tls.example:8443', HTTPS_PROXY: 'http://other.example' };
    expect(await of('http://node.example:8000', env)).toEqual({ url: HTTP_PROXY });
    expect(await of('https://node.example', env)).toEqual({ url: 'http://tls.example:8443' });
    expect(await of('https://node.example', { HTTP_PROXY })).toBeUndefined();
    expect(await of('http://node.example', { HTTP_PROXY: ' ', http_proxy: '' })).toBeUndefined();
    expect(await of('http://node.example', {})).toBeUndefined();
  });

  it.each([
    'http://127.0.0.1:8000',
    'http://10.1.2.3',
    'http://[::1]:8000',
    'http://[fd00::1]',
    'http://[::ffff:10.0.0.1]',
    'http://localhost:9200',
    'http://inference:8080',
    'http://node.internal',
    'http://192.168.1.1./',
  ])('is never used for the private %s', async (url) => {
    expect(await of(url, { HTTP_PROXY })).toBeUndefined();
  });

  it('is not used for a name whose address is private or excluded, nor for an excluded name', async () => {
    expect(await of('http://node.example', { HTTP_PROXY }, at('10.0.0.9'))).toBeUndefined();
    expect(await of('http://node.example', { HTTP_PROXY }, at('203.0.113.9'))).toBeDefined();
    const env = { HTTP_PROXY, NO_PROXY: 'x,203.0.113.0/24' };
    expect(await of('http://node.example', env, at('203.0.113.9'))).toBeUndefined();
    expect(await of('http://node.example', { HTTP_PROXY, no_proxy: 'example:80' })).toBeUndefined();
    expect(await of('http://node.example:81', { HTTP_PROXY, no_proxy: 'example:80' })).toBeDefined();
  });

  it('keeps credentials apart from its URL, also where they are no good percent encoding', async () => {
    const found = await of('http://node.example', { HTTP_PROXY: 'http://us%40er:100%25:x@p.example:1' });
    expect(found?.url).toBe('http://p.example:1');
    expect(Buffer.from(found?.authorization?.slice(6) ?? '', 'base64').toString()).toBe('us@er:100%:x');
    const odd = await of('http://node.example', { HTTP_PROXY: 'http://u:100%@p.example' });
    expect(Buffer.from(odd?.authorization?.slice(6) ?? '', 'base64').toString()).toBe('u:100%');
  });

  it('is refused without a word of its password', async () => {
    await expect(of('http://a.example', { HTTP_PROXY: 'socks5://u:hush@p:1' })).rejects.toThrow(
      /^(?!.*hush).*not supported/,
    );
    await expect(of('http://a.example', { http_proxy: 'http://u:hush@p:x' })).rejects.toThrow(
      /^(?!.*hush)http_proxy is no URL/,
    );
  });

  it('is gone without proxies, in either case', () => {
    const env = { HTTP_PROXY, https_proxy: HTTP_PROXY, NO_PROXY: 'x' };
    withoutProxies(env);
    expect(env).toEqual({ NO_PROXY: 'x' });
  });
});

describe('a request through a proxy', () => {
  const seen: string[] = [];
  let proxy: Server;
  let node: Server;
  let refuse: number | undefined;
  const portOf = (server: Server) => (server.address() as AddressInfo).port;
  const request = (url: string) =>
    requestJson({ method: 'GET', url, timeoutMs: 5_000, maxBytes: 1_000, viaProxy: true });

  beforeEach(async () => {
    seen.length = 0;
    refuse = undefined;
    node = createServer((_, response) => response.end('{"from":"node"}'));
    proxy = createServer((incoming, response) => {
      seen.push(`${incoming.url} ${incoming.headers['proxy-authorization'] ?? ''}`.trim());
      if (refuse !== undefined) response.statusCode = refuse;
      response.end('{"from":"proxy"}');
    });
    proxy.on('connect', (incoming, client) => {
      seen.push(`CONNECT ${incoming.url} ${incoming.headers['proxy-authorization'] ?? ''}`.trim());
      if (refuse !== undefined) return client.end(`HTTP/1.1 ${refuse} no\r\n\r\n`);
      const way = connect(portOf(node), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        way.pipe(client).pipe(way);
      });
      client.on('error', () => way.destroy());
      way.on('error', () => client.destroy());
    });
    for (const server of [proxy, node])
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    for (const server of [proxy, node]) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('asks the proxy for a public http URL, with its credentials, and tells them nobody', async () => {
    vi.stubEnv('http_proxy', '');
    vi.stubEnv('HTTP_PROXY', `http://us:hush@127.0.0.1:${portOf(proxy)}`);
    vi.stubEnv('NO_PROXY', '');
    const url = 'http://node1.gonka.invalid:8000/v1/x?y=1';
    expect((await request(url)).body).toEqual({ from: 'proxy' });
    expect(seen).toEqual([`${url} Basic ${Buffer.from('us:hush').toString('base64')}`]);

    refuse = 503;
    await expect(request(url)).rejects.toThrow(
      /^(?!.*hush).*through the proxy http:\/\/127\.0\.0\.1:\d+: HTTP 503/,
    );
    refuse = 407;
    await expect(request(url)).rejects.toMatchObject({
      message: expect.stringMatching(/^(?!.*hush).*through the proxy.*407/),
    });
  });

  it('tunnels https, and names the proxy that refuses it', async () => {
    vi.stubEnv('https_proxy', `127.0.0.1:${portOf(proxy)}`);
    vi.stubEnv('NO_PROXY', '');
    // The node speaks no TLS: that it is asked for is what a tunnel is.
    await expect(request('https://node1.gonka.invalid/v1')).rejects.toMatchObject({ outcome: 'untrusted' });
    expect(seen).toEqual(['CONNECT node1.gonka.invalid:443']);
    refuse = 502;
    await expect(request('https://node1.gonka.invalid/v1')).rejects.toMatchObject({
      outcome: 'unreachable',
      message: expect.stringMatching(/through the proxy .*refuses the connection \(HTTP 502\)/),
      line: expect.stringContaining('--no-proxy'),
    });
  });

  it('goes directly to a private address, and everywhere without the mark', async () => {
    vi.stubEnv('http_proxy', `http://127.0.0.1:${portOf(proxy)}`);
    vi.stubEnv('NO_PROXY', '');
    expect((await request(`http://127.0.0.1:${portOf(node)}/`)).body).toEqual({ from: 'node' });
    await expect(
      requestJson({ method: 'GET', url: 'http://node1.gonka.invalid/', timeoutMs: 5_000, maxBytes: 9 }),
    ).rejects.toMatchObject({ outcome: 'unreachable', message: expect.not.stringContaining('proxy') });
    expect(seen).toEqual([]);
  });

  it('says which proxy cannot be reached', async () => {
    vi.stubEnv('http_proxy', 'http://u:hush@127.0.0.1:1');
    vi.stubEnv('NO_PROXY', '');
    await expect(request('http://node1.gonka.invalid/')).rejects.toMatchObject({
      outcome: 'unreachable',
      message: expect.stringMatching(
        /^(?!.*hush).*through the proxy http:\/\/127\.0\.0\.1:1: cannot connect/,
      ),
    });
  });
});
