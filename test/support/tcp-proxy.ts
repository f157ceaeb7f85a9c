import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A loopback line to a port, which a test can cut. */
export interface Line {
  port: number;
  /** Resets every connection, and each new one, until it is mended. */
  break(): void;
  /** Lets nothing through any more in either direction, and tells nobody: as a firewall that forgot a connection does. */
  silence(): void;
  /** New connections work again; those of before stay as they are. */
  mend(): void;
  close(): Promise<void>;
}

/** Lays a line to a port on this machine. */
export async function startLine(target: number): Promise<Line> {
  let state: 'whole' | 'broken' | 'silent' = 'whole';
  const pairs = new Set<[Socket, Socket]>();
  const open = new Set<Socket>();
  const server = createServer((near) => {
    open.add(near.on('error', () => {}).on('close', () => open.delete(near)));
    if (state === 'broken') near.resetAndDestroy();
    if (state !== 'whole') return;
    const far = connect(target, '127.0.0.1');
    open.add(far.on('error', () => {}).on('close', () => open.delete(far)));
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    near.pipe(far).pipe(near);
    for (const socket of pair) {
      socket.on('close', () => {
        // The other end hears of it only over a line that carries anything.
        if (pairs.delete(pair)) for (const each of pair) each.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    break() {
      state = 'broken';
      for (const socket of open) socket.resetAndDestroy();
    },
    silence() {
      state = 'silent';
      for (const [near, far] of pairs) {
        near.unpipe(far).pause();
        far.unpipe(near).pause();
      }
      pairs.clear();
    },
    mend() {
      state = 'whole';
    },
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}
