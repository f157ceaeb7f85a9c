import { UsageError } from '../errors.js';
import { HttpFault } from '../http/fault.js';
import { inUrl, readHostName } from '../http/host-name.js';
import { parseBaseUrl } from '../http/url.js';
import type { NodeObject } from './node-object.js';

/**
 * How this machine reaches ML nodes, by their ids, where that differs from `host` and `poc_port`. Those say
 * how the *network node* reaches them; in the default setup by the name of a container.
 */
export type Reach = Readonly<Record<string, string>>;

type Addressed = Pick<NodeObject, 'id' | 'host' | 'poc_port' | 'poc_segment'>;

/** Base URL at which this machine reaches a node's own API, without a trailing slash. */
export function addressOf(node: Addressed, reach: Reach = {}): string {
  const given = Object.hasOwn(reach, node.id) ? reach[node.id] : undefined;
  if (given === undefined) return mlNodeUrl(node);
  // A whole URL, with a version or a segment, stays unchanged.
  return new URL(given).pathname === '/' ? given + segmentOf(node) : given;
}

/** Base URL at which the network node reaches a node's own API, without a trailing slash. */
export function mlNodeUrl(node: Omit<Addressed, 'id'>): string {
  return `http://${inUrl(readHostName(node.host).name)}:${node.poc_port}${segmentOf(node)}`;
}

function segmentOf({ poc_segment: segment }: Pick<NodeObject, 'poc_segment'>): string {
  const path = (segment ?? '').replace(/^\/+|\/+$/g, '');
  return path === '' ? '' : `/${path}`;
}

/**
 * The values of `--reach`, each `NODE=URL`.
 *
 * @throws UsageError when one has another form, or a node is named twice
 */
export function parseReach(texts: readonly string[] = []): Reach {
  const reach: Record<string, string> = {};
  for (const text of texts) {
    const [, id, url] = /^(.+?)=([a-z][a-z0-9+.-]*:\/\/.*)$/i.exec(text.trim()) ?? [];
    if (id === undefined || url === undefined) {
      const [name = ''] = text.split('=', 1);
      throw new UsageError(`--reach "${name}…" is not of the form NODE=URL`, {
        advice: 'write it like --reach node1=http://127.0.0.1:8080',
      });
    }
    if (Object.hasOwn(reach, id)) throw new UsageError(`--reach names node ${id} twice`);
    reach[id] = parseBaseUrl(url, `--reach ${id}`);
  }
  return reach;
}

/**
 * @param ids the nodes of the command
 * @throws UsageError for a node that is not among them, because a misspelt id must not stay unnoticed
 */
export function requireReachOf(reach: Reach, ids: readonly string[]): void {
  const stranger = Object.keys(reach).find((id) => !ids.includes(id));
  if (stranger === undefined) return;
  throw new UsageError(`--reach ${stranger}: no such node here`, {
    advice: ids.length === 0 ? 'no node is given' : `there are ${ids.join(', ')}`,
  });
}

/** Whether a fault means that this machine cannot resolve a node's name, and so cannot reach it at all. */
export function hasNoWay(error: unknown): boolean {
  return error instanceof HttpFault && error.unknownName !== undefined;
}

/**
 * Advice for a node that this machine does not reach by its `host`.
 *
 * @param how what the present command accepts: the flag, or `url` in its file
 */
export function reachAdvice(node: Addressed, how: 'flag' | 'file'): string {
  const url = `http://127.0.0.1:${node.poc_port}`;
  const example = how === 'flag' ? `--reach ${node.id}=${url}` : `\`url: ${url}\` at ${node.id} in the file`;
  return `give the address for this machine, for example ${example}`;
}
