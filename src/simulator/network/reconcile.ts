import { HttpFault } from '../../http/fault.js';
import { requestJson } from '../../http/request.js';
import { mlNodeUrl } from '../../network/reach.js';
import type { BrokerNode } from './broker.js';

/** What a node should serve now. */
export interface Target {
  model: string;
  args: string[];
}

/** Keeps one ML node at its target over the ML node's own protocol, as the real network node does. */
export class Reconciler {
  /** The last target that was requested; a node that already serves its target is left as it is. */
  #asked: string | undefined;

  /** @param names host names that only the network node resolves, with their addresses */
  constructor(private readonly names: Record<string, string> = {}) {}

  /** Reads the state once, and makes at most one change. */
  async step(kept: BrokerNode, { model, args }: Target): Promise<void> {
    const target = JSON.stringify([model, args]);
    const { host } = kept.node;
    const at = mlNodeUrl({ ...kept.node, host: this.names[host] ?? host });
    try {
      const { state, loaded_model } = await call<{ state: string; loaded_model?: string | null }>(
        at,
        'GET',
        '/state',
      );
      const isUp = state === 'INFERENCE' && loaded_model === model;
      this.#asked ??= isUp ? target : undefined;
      if (this.#asked === target && isUp) return setStatus(kept, 'INFERENCE');
      const up = await call<{
        status: string;
        is_starting: boolean;
        is_running: boolean;
        error: string | null;
      }>(at, 'GET', '/inference/up/status');
      if (this.#asked !== target) {
        await call(at, 'POST', '/inference/down', {});
        await call(at, 'POST', '/inference/up/async', { model, dtype: 'auto', additional_args: args });
        this.#asked = target;
        setStatus(kept, 'STOPPED');
      } else if (!up.is_starting && !up.is_running) {
        setStatus(kept, 'FAILED', up.error ?? `the start of ${model} fell back to ${up.status}`);
      }
    } catch (error) {
      if (!(error instanceof HttpFault)) throw error;
      setStatus(kept, 'FAILED', error.message);
    }
  }
}

function setStatus(kept: BrokerNode, current: string, failure = ''): void {
  if (kept.status.current === current && kept.status.failure === failure) return;
  kept.status = { intended: 'INFERENCE', current, failure, since: new Date().toISOString() };
}

async function call<T>(at: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  const answer = await requestJson({
    method,
    url: `${at}/api/v1${path}`,
    timeoutMs: 5_000,
    maxBytes: 1 << 20,
    ...(body !== undefined && { body }),
  });
  return answer.body as T;
}
