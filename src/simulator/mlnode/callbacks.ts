import { setTimeout as sleep } from 'node:timers/promises';
import { Job, type JobContext } from './job.js';
import type { InitGenerateRequest } from './requests.js';

/** The share of all nonces that a replica computes. */
export interface Group {
  id: number;
  of: number;
}

/** Time limit for a receiver; what it has not accepted by then is lost, as on a real node. */
const POST_MS = 10_000;

/**
 * Posts the artifacts of a replica's continuous generation to `{url}/generated`, one batch at a time, until
 * the signal is aborted. Scripts that collect vectors depend on these posts.
 */
export async function postArtifacts(
  request: InitGenerateRequest & { url: string },
  group: Group,
  context: JobContext & { batchSize: number; batchTimeMs: number },
  signal: AbortSignal,
): Promise<void> {
  const { url, block_hash, block_height, public_key, node_id } = request;
  const target = `${url.replace(/\/+$/, '')}/generated`;
  for (let batch = 0; !signal.aborted; batch++) {
    await sleep(context.batchTimeMs, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted) return;
    const computed = compute(request, noncesOf(request, group, batch, context.batchSize), context);
    const body = { public_key, block_hash, block_height, node_id, ...computed };
    await fetch(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(POST_MS)]),
    }).catch(() => {});
  }
}

/** Nodes take the nonces in turn, and so do the replicas of one node. */
function noncesOf(
  { node_id, node_count }: InitGenerateRequest,
  { id, of }: Group,
  batch: number,
  size: number,
): number[] {
  const nodes = Math.max(1, node_count);
  return Array.from({ length: size }, (_, at) => node_id + nodes * (id + of * (batch * size + at)));
}

function compute(request: InitGenerateRequest, nonces: number[], context: JobContext) {
  let answer: Record<string, unknown> = {};
  const { url: _url, ...common } = request;
  const job = new Job({ ...common, nonces }, context, (completed) => {
    answer = completed;
  });
  for (let index = 0; index < job.batches; index++) job.onBatch(index);
  job.onDone(0);
  const { status: _status, ...rest } = answer;
  return rest;
}
