import { type Dispatcher, ProxyAgent } from 'undici';
import type { WayOut } from './proxy.js';

const agents = new Map<string, Dispatcher>();

/**
 * The agent of a proxy; each proxy has one. https goes through a tunnel. Plain http goes as a request to the
 * proxy itself, because many proxies allow tunnels to port 443 only.
 */
export function proxyAgent({ url, authorization }: WayOut, connectTimeoutMs: number): Dispatcher {
  const key = `${url} ${authorization}`;
  const agent =
    agents.get(key) ??
    new ProxyAgent({
      uri: url,
      proxyTunnel: false,
      connections: 64,
      proxyTls: { timeout: connectTimeoutMs },
      requestTls: { timeout: connectTimeoutMs },
      ...(authorization !== undefined && { token: authorization }),
    });
  agents.set(key, agent);
  return agent;
}
