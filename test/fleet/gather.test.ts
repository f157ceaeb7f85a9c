import { expect, it } from 'vitest';
import { gatherResults, type OnWork } from '../../src/fleet/queue/gather.js';
import type { QueuedTask } from '../../src/fleet/queue/job.js';
import type { Sites } from '../../src/fleet/queue/sites.js';
import { MODEL } from './queue-rig.js';

type State = Awaited<ReturnType<Sites['stateOf']>>;

const task = (jobId: string): QueuedTask => ({
  node: { id: `node-${jobId}`, site: 'a', model: MODEL, url: 'http://h' },
  folder: jobId,
  jobId,
  job: {} as QueuedTask['job'],
});

/** What a poll says of each job, where the queue has these. */
async function lookedAt(states: Record<string, State>, active: string[]) {
  const said: Record<string, string | null> = {};
  const enqueued: string[] = [];
  const stop = new AbortController();
  const onWork: OnWork = (id, work) => {
    said[id] = work === null ? null : work.phase;
  };
  const sites = {
    underWay: async () => ({ active, finished: [] }),
    stateOf: async (_: string, jobId: string) => states[jobId],
    active() {},
    async deserted() {
      stop.abort(new Error('seen'));
      return [];
    },
  } as unknown as Sites;
  const gathered = gatherResults(Object.keys(states).map(task), {
    ...{ sites, onWork, signal: stop.signal, folder: '', workerWaitMs: 1000, outageMs: 1000 },
    redis: { host: 'h', port: 1, db: 0, shown: 'redis://h' },
    enqueue: async ({ jobId }) => void enqueued.push(jobId),
    settled() {},
    outage: { seen() {}, over() {} },
    goldenOf() {
      throw new Error('no result is there');
    },
    oneAtATime: (call) => call(),
  });
  await expect(gathered).rejects.toThrow('seen');
  return { said, enqueued };
}

const waiting = { isFinished: false, isLeased: false, resultLength: 0 };
const probing = { ...waiting, progress: { phase: 'probe', progress: null } };

it('shows as worked on only a job whose worker has its lease', async () => {
  const { said, enqueued } = await lookedAt(
    {
      held: { ...probing, isLeased: true },
      begun: { ...waiting, isLeased: true },
      // Its worker was killed: the queue lists it as active until another one takes it.
      left: { ...probing, processedOn: Date.now() },
      // It was given back to the queue, and the last worker's lease has not ended yet.
      back: { ...probing, isLeased: true },
      never: waiting,
      lost: undefined,
    },
    ['held', 'begun', 'left'],
  );
  expect(said).toEqual({
    'node-held': 'probe',
    'node-begun': 'taken',
    'node-left': null,
    'node-back': null,
    'node-never': null,
  });
  expect(enqueued).toEqual(['lost']);
});
