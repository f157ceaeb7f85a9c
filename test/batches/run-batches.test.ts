import { describe, expect, it } from 'vitest';
import { LOST_BATCH_RETRIES } from '../../src/batches/consequences.js';
import { spreadJobs } from '../../src/batches/job-source.js';
import { planBatches } from '../../src/batches/plan.js';
import { runBatches } from '../../src/batches/run-batches.js';
import type { Reply, Transport } from '../../src/batches/transport.js';

const GONE: Reply<number> = {
  kind: 'fault',
  outcome: 'absent',
  message: 'gone',
  detail: '',
  status: 404,
  retryAfterMs: undefined,
};

/** A node of two replicas that takes `batchMs` a request, and what it is asked. */
function scriptedNode(batchMs: number, fault: (ask: number) => Reply<number> | undefined) {
  const doneAt = new Map<string, number>();
  const looks: string[] = [];
  const freeAt = [0, 0];
  let asks = 0;
  const transport: Transport<number> = {
    async ask() {
      const replica = asks % 2;
      const id = `500${replica + 1}:${asks++}`;
      freeAt[replica] = Math.max(performance.now(), freeAt[replica] as number) + batchMs;
      doneAt.set(id, freeAt[replica] as number);
      return { kind: 'queued', requestId: id };
    },
    async look(id, { index }) {
      looks.push(id);
      return (
        fault(Number(id.split(':')[1])) ??
        (performance.now() < (doneAt.get(id) ?? 0)
          ? { kind: 'pending' }
          : { kind: 'done', result: index, requestId: id })
      );
    },
  };
  return { transport, looks, asks: () => asks };
}

async function run(node: ReturnType<typeof scriptedNode>, nonces: number, batchSize = 10) {
  const done: number[] = [];
  const lost = await runBatches<number>({
    phase: 'probe',
    jobs: spreadJobs(planBatches(nonces, batchSize)),
    transport: node.transport,
    batchSize,
    readReplicas: async () => [5001, 5002],
    concurrency: (replicas) => 2 * replicas,
    asksReturnAtOnce: true,
    onDone: ({ result }) => done.push(result),
    signal: new AbortController().signal,
  });
  return { done: done.sort((a, b) => a - b), lost };
}

describe('following queued requests', () => {
  it('hands over every batch once', async () => {
    const node = scriptedNode(20, () => undefined);
    expect(await run(node, 65)).toEqual({ done: [0, 1, 2, 3, 4, 5, 6], lost: [] });
    expect(node.asks()).toBe(7);
  });

  it('has another request explore the batch time when the first came to nothing', async () => {
    const node = scriptedNode(300, (ask) => (ask === 0 ? GONE : undefined));
    expect(await run(node, 30)).toEqual({ done: [0, 1, 2], lost: [] });
    // Where nobody explores, each is looked at once a second and found at its first look.
    const looksAt = (id: string) => node.looks.filter((other) => other === id).length;
    expect(Math.max(...node.looks.map(looksAt))).toBeGreaterThan(3);
  });

  it('asks again for a request that is gone, and gives it up when it always is', async () => {
    const node = scriptedNode(5, () => GONE);
    const { done, lost } = await run(node, 10);
    expect(done).toEqual([]);
    expect(lost).toMatchObject([{ batch: { index: 0 }, reason: 'gone' }]);
    // So often over all replicas, whichever the node gave it to.
    expect(node.asks()).toBe(1 + LOST_BATCH_RETRIES);
  });
});
