import { describe, expect, it } from 'vitest';
import { LOST_BATCH_RETRIES } from '../../src/batches/consequences.js';
import { spreadJobs } from '../../src/batches/job-source.js';
import { planBatches } from '../../src/batches/plan.js';
import { type RunBatchesOptions, runBatches } from '../../src/batches/run-batches.js';
import { EngineStandsStill } from '../../src/batches/still-watch.js';
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

async function run(
  node: Pick<ReturnType<typeof scriptedNode>, 'transport'>,
  nonces: number,
  batchSize = 10,
  more: Partial<RunBatchesOptions<number>> = {},
) {
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
    ...more,
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

describe('an engine that stands still', () => {
  const LIMIT_MS = 400;
  const still = { limitMs: () => LIMIT_MS, readCounters: async () => 7 };
  const lateFault = async (): Promise<Reply<number>> => {
    await new Promise((resolve) => setTimeout(resolve, 3 * LIMIT_MS));
    return { ...GONE, outcome: 'timed_out', status: undefined };
  };

  it('is one whose requests are seen to be under way, and end no more', async () => {
    const { transport } = scriptedNode(1e9, () => undefined);
    await expect(run({ transport }, 40, 10, { still, patience: 0.01 })).rejects.toThrow(EngineStandsStill);
  });

  it('is none where one request was lost on the way, and all others are done', async () => {
    const { transport } = scriptedNode(1, () => undefined);
    let asks = 0;
    const ask: typeof transport.ask = (batch) => (asks++ === 2 ? lateFault() : transport.ask(batch));
    const { done, lost } = await run({ transport: { ...transport, ask } }, 40, 10, { still, patience: 0.01 });
    expect({ done, lost }).toEqual({ done: [0, 1, 2, 3], lost: [] });
  });

  it('is none where a look has no answer', async () => {
    const { transport } = scriptedNode(1, () => undefined);
    let looks = 0;
    const look: typeof transport.look = (id, batch) =>
      looks++ === 2 ? lateFault() : transport.look(id, batch);
    const { done, lost } = await run({ transport: { ...transport, look } }, 40, 10, {
      still,
      patience: 0.01,
    });
    expect({ done, lost }).toEqual({ done: [0, 1, 2, 3], lost: [] });
  });
});
