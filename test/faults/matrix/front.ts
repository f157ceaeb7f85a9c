import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { Agent } from 'undici';
import type { Fault, RealAnswer } from './faults.js';

const pem = (name: string) => readFileSync(new URL(`tls/${name}.pem`, import.meta.url));

/** Folder of the names that `lookup.mjs` resolves; undefined where it was not preloaded. */
export const hostsFolder = process.env['ASSAY_TEST_HOSTS'];
/** Whether this process trusts the authority of the front's certificates. */
export const trustsFront = process.env['NODE_EXTRA_CA_CERTS']?.endsWith('matrix/tls/ca.pem') === true;

/** A server in front of a node that passes requests on, or meets them with a fault. */
export interface Front {
  url: string;
  /** Takes the connections away or back, where the fault is one of the connection. */
  setDown(down: boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param nodeUrl of the node behind
 * @param meets asked for each request: `POST /api/v1/inference/pow/generate`; true: the fault meets it
 * @param passed told of each request that the node behind has answered whole
 */
export async function startFront(
  nodeUrl: string,
  fault: Fault,
  meets: (request: string) => boolean,
  passed: (request: string) => void,
): Promise<Front> {
  const sockets = new Set<Socket>();
  const tls = fault.answer === 'TLS expired';
  const certificate = (name: string) => ({ cert: pem(name), key: pem('key') });
  const server: Server | TlsServer = tls ? createTlsServer(certificate('valid')) : createServer();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // A run that is over leaves requests behind, to a node that is closed already.
    serve(request, response).catch(() => request.socket.destroy());
  });
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    const label = `${request.method} ${request.url}`;
    const real = () => ask(nodeUrl, request, text);
    if (typeof fault.answer !== 'string' && meets(label)) {
      await fault.answer(request.socket, real);
      return;
    }
    const { status, body } = await real();
    if (response.destroyed) return;
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    passed(label);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const hostName = `front-${port}.faulty.test`;
  const hostFile = hostsFolder && join(hostsFolder, hostName);
  const named = fault.answer === 'no such host' && hostFile;
  if (named) writeFileSync(named, '');

  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  let change: Promise<void> = Promise.resolve();
  return {
    url: `${tls ? 'https' : 'http'}://${named ? hostName : '127.0.0.1'}:${port}`,
    setDown(down) {
      // Taken away at once, before the client begins another connection.
      change = down ? turn(down) : change.then(() => turn(down));
      return change;
    },
    async close() {
      await change;
      if (named) rmSync(named, { force: true });
      if (server.listening) server.close();
      drop();
    },
  };

  async function turn(down: boolean): Promise<void> {
    if (fault.answer === 'refused' && down) server.close();
    if (fault.answer === 'refused' && !down) {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    }
    if (named && down) rmSync(named);
    if (named && !down) writeFileSync(named, '');
    if (tls) (server as TlsServer).setSecureContext(certificate(down ? 'expired' : 'valid'));
    if (down) drop();
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const agent = new Agent({ connections: 16 });

async function ask(nodeUrl: string, { method, url }: IncomingMessage, text: string): Promise<RealAnswer> {
  const { statusCode, body } = await agent.request({
    origin: nodeUrl,
    path: url as string,
    method: method as 'GET' | 'POST',
    ...(text !== '' && { body: text, headers: { 'content-type': 'application/json' } }),
  });
  return { status: statusCode, body: await body.text() };
}
