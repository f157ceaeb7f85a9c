import { expect, it } from 'vitest';
import { watchDownload } from '../../../src/lifecycle/acts/watch-download.js';
import type { LifecycleEntry } from '../../../src/lifecycle/entries.js';

type Watched = Parameters<typeof watchDownload>;
type Status = { status: string; progress: null };

it('records no begin for a look that is answered after the end', async () => {
  const entries: LifecycleEntry[] = [];
  const append = async (entry: LifecycleEntry) => void entries.push(entry);
  const run = { journal: { entries, append }, host: {}, terminal: {} } as unknown as Watched[0];
  const answers: ((status: Status) => void)[] = [];
  const client = {
    modelStatus: () => new Promise<Status>((resolve) => answers.push(resolve)),
    weightsGb: async () => 10,
  };
  const weights = { repository: 'a/model', commit: null };
  const node = { id: 'node1', client, weights } as unknown as Watched[1];

  const watching = watchDownload(run, node, {
    pocStartHeight: 100,
    pace: { height: 1, msPerBlock: 1000 },
  } as Watched[2]);
  answers[0]?.({ status: 'NOT_FOUND', progress: null });
  const watch = await watching;
  expect(entries.map((entry) => 'stage' in entry && entry.stage)).toEqual(['begin']);
  await watch.end('downloaded');

  // The next download of the same node: a look is under way when its act ends.
  const again = watchDownload(run, node, {
    pocStartHeight: 100,
    pace: { height: 1, msPerBlock: 1000 },
  } as Watched[2]);
  answers[1]?.({ status: 'DOWNLOADED', progress: null });
  const second = await again;
  second.events.progress?.({ phase: 'download', done: 0, total: null, unit: 's', note: '' } as never);
  await second.end(undefined);
  answers[2]?.({ status: 'DOWNLOADING', progress: null });
  await new Promise((resolve) => setImmediate(resolve));
  expect(answers).toHaveLength(3);
  expect(entries.map((entry) => 'stage' in entry && entry.stage)).toEqual(['begin', 'end']);
});
