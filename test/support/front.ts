import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server behind a front answers, parsed where it is JSON. */
export interface Answered {
  method: string;
  /** With its query. */
  path: string;
  status: number;
  json: unknown;
}

/**
 * A server in front of another one that changes what it answers.
 *
 * @param change gives the new body; undefined leaves it
 */
export async function startFront(target: string, change: (answered: Answered) => unknown) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = 'GET', url: path = '/', headers } = request;
    try {
      const type = headers['content-type'];
      const real = await fetch(new URL(path, target), {
        method,
        ...(type !== undefined && { headers: { 'content-type': type } }),
        ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
      });
      const text = await real.text();
      const changed = isJson(text)
        ? change({ method, path, status: real.status, json: JSON.parse(text) })
        : undefined;
      response.writeHead(real.status, { 'content-type': real.headers.get('content-type') ?? 'text/plain' });
      response.end(changed === undefined ? text : JSON.stringify(changed));
    } catch {
      response.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
