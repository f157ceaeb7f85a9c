import validateGenerateRequest from '../../../schemas/generated/simulated-generate-request.js';
import validateInitGenerateRequest from '../../../schemas/generated/simulated-init-generate-request.js';
import { ApiError } from '../api-error.js';
import type { MlNode } from '../node.js';
import { shuffled } from '../order.js';
import type { Replica } from '../replica.js';
import type { GenerateRequest, InitGenerateRequest } from '../requests.js';
import { unknownKey } from '../unprocessable.js';
import type { Answer, Endpoint } from './endpoint.js';

export const powEndpoints: Endpoint[] = [
  {
    method: 'POST',
    path: '/inference/pow/init/generate',
    body: validateInitGenerateRequest,
    run: (node, { body }) => startGeneration(node, body as InitGenerateRequest),
  },
  { method: 'GET', path: '/inference/pow/status', run: status },
  { method: 'POST', path: '/inference/pow/stop', run: stop },
  {
    method: 'POST',
    path: '/inference/pow/generate',
    body: validateGenerateRequest,
    run: (node, { body }) => generate(node, body as GenerateRequest),
  },
  {
    method: 'GET',
    path: '/inference/pow/generate/{request_id}',
    run: (node, { rest }) => jobState(node, rest),
  },
];

function startGeneration(node: MlNode, request: InitGenerateRequest): Answer {
  refuseUnknownScheme(node, request);
  const backends = node.requireBackends();
  const { done, errors } = askAll(backends, (replica, id) =>
    replica.startGeneration(request, { id, of: backends.length }),
  );
  if (done.length === 0) throw new ApiError(502, { errors });
  node.pocs++;
  const results = done.map((port) => ({ port, status: 'OK' }));
  return {
    body: { status: 'OK', backends: done.length, n_groups: backends.length, results, errors: orNull(errors) },
  };
}

function status(node: MlNode): Answer {
  const listed = node.backends().map((replica) => ({ port: replica.port, ...statusOf(replica) }));
  const gone = node
    .lingeringPorts()
    .map((port) => ({ port, status: 'ERROR', detail: 'All connection attempts failed' }));
  const backends = shuffled([...listed, ...gone]);
  return { body: { status: overall(backends.map((backend) => backend.status)), backends } };
}

function statusOf(replica: Replica): ReturnType<Replica['status']> {
  try {
    return replica.status();
  } catch (error) {
    if (error instanceof ApiError) return { status: 'ERROR', detail: error.detail };
    throw error;
  }
}

function overall(statuses: string[]): string {
  if (statuses.length === 0) return 'NO_BACKENDS';
  if (statuses.every((status) => status === 'GENERATING')) return 'GENERATING';
  return statuses.every((status) => status === 'IDLE') ? 'IDLE' : 'MIXED';
}

function stop(node: MlNode): Answer {
  const backends = node.backends();
  if (backends.length === 0) return { body: { status: 'OK', message: 'No backends to stop' } };
  const { done, errors } = askAll(backends, (replica) => replica.stop());
  node.pocEnded();
  const results = done.map((port) => ({ port, status: 'stopped' }));
  return { body: { status: 'OK', results, errors: orNull(errors) } };
}

async function generate(node: MlNode, request: GenerateRequest): Promise<Answer> {
  refuseUnknownScheme(node, request);
  const replica = node.nextBackend();
  if (request.wait !== true && node.settings.queues) {
    const id = relaying(() => replica.enqueue(request));
    const request_id = `${replica.port}:${id}`;
    return { body: { status: 'queued', request_id, queued_count: request.nonces.length } };
  }
  return { body: await withinLimit(replica.compute(request), node.settings.waitLimitMs) };
}

/** Builds without the decode scheme refuse all its keys. */
function refuseUnknownScheme(node: MlNode, { params }: GenerateRequest | InitGenerateRequest): void {
  if (node.knowsDecode) return;
  for (const key of ['scheme', 'decode', 'max_tokens', 'route_window'] as const) {
    if (params[key] !== undefined) throw unknownKey('params', key);
  }
}

/** The replica goes on computing after the node's time limit. */
async function withinLimit<T>(answer: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ApiError(502, '')), limitMs);
  });
  try {
    return await Promise.race([answer, limit]);
  } catch (error) {
    throw relayed(error);
  } finally {
    clearTimeout(timer);
  }
}

function jobState(node: MlNode, requestId: string): Answer {
  const colon = requestId.indexOf(':');
  if (colon < 0) throw new ApiError(400, 'Invalid request_id format (expected port:uuid)');
  const port = requestId.slice(0, colon);
  if (!/^\s*[+-]?\d+\s*$/.test(port)) throw new ApiError(400, 'Invalid port in request_id');
  const replica = node.replicaAt(Number(port));
  if (replica === undefined) throw new ApiError(502, 'All connection attempts failed');
  return { body: { ...replica.jobState(requestId.slice(colon + 1)), request_id: requestId } };
}

/** Sends each replica the same request; an error of one replica does not stop the others. */
function askAll(
  backends: Replica[],
  ask: (replica: Replica, index: number) => void,
): { done: number[]; errors: { port: number; error: string }[] } {
  const done: number[] = [];
  const errors: { port: number; error: string }[] = [];
  backends.forEach((replica, index) => {
    try {
      ask(replica, index);
      done.push(replica.port);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      errors.push({ port: replica.port, error: error.asText() });
    }
  });
  return { done, errors };
}

function orNull<T>(list: T[]): T[] | null {
  return list.length === 0 ? null : list;
}

function relaying<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw relayed(error);
  }
}

function relayed(error: unknown): unknown {
  return error instanceof ApiError ? error.relayed() : error;
}
