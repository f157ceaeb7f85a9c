import type { NodeObject } from '../../network/node-object.js';
import type { Answer, SimulatedRequest } from '../chain/answer.js';
import { type Broker, type BrokerNode, BrokerRefusal } from './broker.js';

type EpochState = (id: string) => Record<string, unknown>;

/**
 * The admin API: `/admin/v1/nodes…`.
 *
 * @param epochState the epoch part of a listed node's state
 */
export function adminAnswer(
  broker: Broker,
  request: SimulatedRequest,
  epochState: EpochState,
): Answer | undefined {
  const [, path] = /^\/admin\/v1\/nodes(\/.*)?$/.exec(request.url.pathname) ?? [];
  if (!request.url.pathname.startsWith('/admin/v1/nodes')) return undefined;
  const { method, body } = request;
  const [, id = '', act] = /^\/([^/]+)(?:\/(enable|disable))?$/.exec(path ?? '') ?? [];
  const isChange = method !== 'GET';
  if (isChange && broker.faults.refuse > 0) {
    broker.faults.refuse -= 1;
    return refusal(500, 'simulated failure of the network node');
  }
  if (method === 'GET' && path === undefined)
    return { body: [...broker.nodes.values()].map((kept) => listed(broker, kept, epochState(kept.node.id))) };
  if (method === 'POST' && path === '/batch') return cutting(broker, batch(broker, body as NodeObject[]));
  if ((method === 'POST' && path === undefined) || (method === 'PUT' && id !== '' && act === undefined))
    return cutting(broker, upsert(broker, body as NodeObject));
  if (method === 'DELETE' && id !== '')
    return cutting(broker, { body: broker.nodes.delete(decodeURIComponent(id)) });
  if (method === 'POST' && act !== undefined) return enable(broker, decodeURIComponent(id), act === 'enable');
  return { status: 405, body: { error: 'method not allowed' } };
}

/** The id in the body counts, not the one in the path. */
function upsert(broker: Broker, node: NodeObject): Answer {
  const isKnown = broker.nodes.has(node.id);
  if (broker.faults.late > 0) {
    setTimeout(() => (isKnown ? broker.update(node) : broker.register(node)), broker.faults.late);
    return { body: {}, cut: true };
  }
  try {
    return { body: (isKnown ? broker.update(node) : broker.register(node)).node };
  } catch (error) {
    if (!(error instanceof BrokerRefusal)) throw error;
    return isKnown
      ? refusal(500, `failed to update node: ${error.message}`)
      : refusal(400, `failed to create node: ${error.message}`);
  }
}

function batch(broker: Broker, nodes: NodeObject[]): Answer {
  const kept: NodeObject[] = [];
  const errors: string[] = [];
  nodes.forEach((node, index) => {
    try {
      kept.push(broker.register(node).node);
    } catch (error) {
      if (!(error instanceof BrokerRefusal)) throw error;
      errors.push(`node[${index}] (id: ${node.id}): ${error.message}`);
    }
  });
  if (errors.length === 0) return { status: 201, body: kept.length > 0 ? kept : null };
  if (kept.length > 0) return { status: 206, body: { nodes: kept, errors } };
  return { status: 400, body: { error: { error: 'all nodes failed validation', errors } } };
}

function enable(broker: Broker, id: string, enabled: boolean): Answer {
  const kept = broker.nodes.get(id);
  if (kept === undefined) return refusal(404, `node ${id} not found`);
  kept.admin.enabled = enabled;
  return { body: { message: `node ${enabled ? 'enabled' : 'disabled'}`, node_id: id } };
}

function listed(
  { faults }: Broker,
  { node, status: own, admin }: BrokerNode,
  epochState: Record<string, unknown>,
) {
  const status = faults.awaitsPoc.includes(node.id)
    ? { ...own, current: 'FAILED', failure: 'No epoch models available for this node' }
    : own;
  return {
    node,
    state: {
      intended_status: status.intended,
      current_status: status.current,
      poc_intended_status: 'IDLE',
      poc_current_status: 'IDLE',
      lock_count: 0,
      failure_reason: status.failure,
      status_timestamp: status.since,
      admin_state: admin,
      ml_node_version: '3.0.13',
      ...epochState,
    },
  };
}

function refusal(status: number, error: string): Answer {
  return { status, body: { error } };
}

/** The change is made; its answer may be lost. */
function cutting(broker: Broker, answer: Answer): Answer {
  if (broker.faults.cut === 0) return answer;
  broker.faults.cut -= 1;
  return { ...answer, cut: true };
}
