import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { Redis } from 'ioredis';

/** Whether Debian's `redis-server` is on this machine; tests that need it are skipped where it is not. */
export const hasRedis = execaSync('redis-server', ['--version'], { reject: false }).exitCode === 0;
if (!hasRedis) console.warn('redis-server is not installed: the tests of the queue are skipped');

/** A real Redis on a free loopback port, with a password and an append-only file. */
export async function startRedis(password: string, more: string[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'assay-redis-'));
  const port = await freePort();
  const args = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--requirepass', password],
    ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--daemonize', 'no', ...more],
  ];
  const start = () => execa('redis-server', args, { reject: false, stdout: 'ignore', stderr: 'ignore' });
  let server = start();
  const client = new Redis({ host: '127.0.0.1', port, password });
  // Outages are what some tests are about.
  client.on('error', () => {});
  await client.ping();
  const stop = async () => {
    server.kill('SIGTERM');
    await server;
  };
  return {
    client,
    address: { host: '127.0.0.1', port, db: 0, password, shown: `redis://127.0.0.1:${port}` },
    env: { ASSAY_QUEUE: `redis://127.0.0.1:${port}`, ASSAY_QUEUE_PASSWORD: password },
    stop,
    async start() {
      server = start();
      await client.ping();
    },
    /** Loses everything that it holds, as one without persistence does when it restarts. */
    forget: () => client.flushall(),
    async close() {
      client.disconnect();
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type RealRedis = Awaited<ReturnType<typeof startRedis>>;

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
