import { describe, expect, it } from 'vitest';
import { measureThroughput } from '../../../src/validate/phases/throughput.js';
import { simulatedNodes, watched } from '../support.js';

const simulate = simulatedNodes();
const START = 'POST /inference/pow/init/generate';
const short = { warmupSeconds: 0.1, measureSeconds: 0.6, sampleIntervalSeconds: 0.2 };

describe('the throughput phase', () => {
  it('tells the rate per replica and in sum, and stops what it started', async () => {
    const node = await simulate({ batchTimeMs: 10 });
    const { context, progress } = watched(node.url, short);
    const { summary, samples } = await measureThroughput(context);
    expect(samples).toHaveLength(3);
    expect(summary.replicas.map(({ port, slow }) => ({ port, slow }))).toEqual([
      { port: 5001, slow: false },
      { port: 5002, slow: false },
    ]);
    const sum = summary.replicas.reduce((total, { mean }) => total + mean, 0);
    expect(summary.mean).toBeCloseTo(sum, 6);
    expect(summary.min).toBeLessThanOrEqual(summary.mean);
    expect(summary.max).toBeGreaterThanOrEqual(summary.mean);
    expect([5001, 5002].map(node.isGenerating)).toEqual([false, false]);
    expect(progress.map(({ note }) => note).slice(0, 2)).toEqual(['warming up', 'measuring']);
    expect(progress.at(-1)?.note).toMatch(/^5001: [\d.]+\/s, 5002: [\d.]+\/s$/);
  });

  it('calls a replica of less than half the median rate slow', async () => {
    const node = await simulate({ replicas: ['exact', 'exact', 'slow'], batchTimeMs: 10 });
    const { context } = watched(node.url, short);
    const { summary } = await measureThroughput(context);
    expect(summary.replicas.map(({ slow }) => slow)).toEqual([false, false, true]);
  });

  it('generates under a key of our own', async () => {
    const node = await simulate();
    const keys: unknown[] = [];
    node.faults = ({ endpoint, body }) => {
      if (endpoint === '/inference/pow/init/generate')
        keys.push((body as { public_key: unknown }).public_key);
      return undefined;
    };
    const { context } = watched(node.url, short);
    await measureThroughput(context);
    expect(keys).toEqual([context.ownPublicKey]);
  });

  it('does not start where the network is not in its inference phase', async () => {
    const node = await simulate();
    const { context } = watched(node.url, {
      ...short,
      weightGuard: { whyNot: async () => 'the network is in PoCGenerate' },
    });
    await expect(measureThroughput(context)).rejects.toThrow('PoCGenerate');
    expect(node.requests[START]).toBeUndefined();
  });

  it('warns where nobody checked the phase', async () => {
    const node = await simulate();
    const { context, warnings } = watched(node.url, short);
    await measureThroughput(context);
    expect(warnings).toEqual([expect.stringContaining('it was not checked whether a PoC ran')]);
  });

  it('leaves out a replica whose counter was set back', async () => {
    const node = await simulate({ batchTimeMs: 10 });
    node.faults = ({ endpoint, earlier }) =>
      endpoint === '/inference/pow/status' && earlier === 1
        ? { body: (answer) => setBack(answer, 5002) }
        : undefined;
    const seconds = { warmupSeconds: 0.2, measureSeconds: 1.5, sampleIntervalSeconds: 0.5 };
    const { context, warnings } = watched(node.url, {
      ...seconds,
      weightGuard: { whyNot: async () => null },
    });
    const { samples, summary } = await measureThroughput(context);
    expect(samples.map(({ replicas }) => replicas.map(({ port }) => port).sort())).toEqual([
      [5001],
      [5001, 5002],
      [5001, 5002],
    ]);
    // The sum of the first is half a node's rate, and none of the node's.
    const sums = samples
      .slice(1)
      .map(({ replicas: [a, b] }) => (a?.nonces_per_second ?? 0) + (b?.nonces_per_second ?? 0));
    expect(summary.min).toBeCloseTo(Math.min(...sums), 6);
    expect(summary.max).toBeCloseTo(Math.max(...sums), 6);
    expect(warnings).toEqual(['1 of 3 throughput samples lack replica 5002: they are not used']);
  });

  it('is no measurement where a replica that started is in no sample', async () => {
    const node = await simulate({ batchTimeMs: 10 });
    node.faults = ({ endpoint, earlier }) =>
      endpoint === '/inference/pow/status' && earlier < 4
        ? { body: (answer) => without(answer, 5002) }
        : undefined;
    const { context } = watched(node.url, short);
    await expect(measureThroughput(context)).rejects.toThrow(
      'no sample has the count of every replica (5002 missing)',
    );
    expect(node.isGenerating(5002)).toBe(false);
  });

  it.each([
    ['while it warms up', { warmupSeconds: 30, measureSeconds: 30 }],
    ['while it measures', { warmupSeconds: 0, measureSeconds: 30, sampleIntervalSeconds: 0.1 }],
  ])('ends, and stops what it started, when PoC begins %s', async (_name, seconds) => {
    const node = await simulate();
    let begins = false;
    const whyNot = async () => (begins ? 'the network is in phase PoCGenerate' : null);
    const { context } = watched(node.url, { ...seconds, weightGuard: { whyNot } });
    const measuring = measureThroughput(context);
    while (!node.isGenerating(5001)) await new Promise((resolve) => setTimeout(resolve, 5));
    begins = true;
    await expect(measuring).rejects.toThrow(
      'no throughput measurement now: the network is in phase PoCGenerate',
    );
    expect([node.isGenerating(5001), node.isGenerating(5002)]).toEqual([false, false]);
  });

  it('asks whether there is time for all of it, and ever less', async () => {
    const node = await simulate();
    const asked: number[] = [];
    const whyNot = async ({ takesMs }: { takesMs: number }) => {
      asked.push(takesMs);
      return null;
    };
    const { context } = watched(node.url, { ...short, weightGuard: { whyNot } });
    await measureThroughput(context);
    expect(asked.length).toBeGreaterThanOrEqual(4);
    expect(asked).toEqual([...asked].sort((a, b) => b - a));
  });

  it('stops what the other replicas started when one refuses', async () => {
    const node = await simulate();
    node.faults = ({ endpoint }) =>
      endpoint === '/inference/pow/init/generate'
        ? {
            body: (answer) => ({
              ...(answer as object),
              errors: [{ port: 5002, error: 'already generating' }],
            }),
          }
        : undefined;
    const { context } = watched(node.url, short);
    await expect(measureThroughput(context)).rejects.toThrow('replica 5002 refused to generate');
    expect(node.isGenerating(5001)).toBe(false);
  });

  it('stops what it started when it is interrupted', async () => {
    const node = await simulate();
    const interruption = new AbortController();
    const { context } = watched(
      node.url,
      { ...short, measureSeconds: 60, weightGuard: { whyNot: async () => null } },
      interruption.signal,
    );
    const measuring = measureThroughput(context);
    while (!node.isGenerating(5001)) await new Promise((resolve) => setTimeout(resolve, 5));
    interruption.abort(new Error('interrupted'));
    await expect(measuring).rejects.toThrow('interrupted');
    expect(node.isGenerating(5001)).toBe(false);
  });
});

/** A status in which a replica is missing. */
function without(status: unknown, port: number): unknown {
  const { backends, ...rest } = status as { backends: { port: number }[] };
  return { ...rest, backends: backends.filter((backend) => backend.port !== port) };
}

/** A status as after the replica's restart. */
function setBack(status: unknown, port: number): unknown {
  const { backends, ...rest } = status as { backends: { port: number; stats: object }[] };
  return {
    ...rest,
    backends: backends.map((backend) =>
      backend.port === port ? { ...backend, stats: { ...backend.stats, total_processed: 0 } } : backend,
    ),
  };
}
