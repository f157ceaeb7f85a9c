import { expect, it } from 'vitest';
import { outages } from '../../src/fleet/queue/outages.js';

it('tells an outage once, whatever words it has, and its end; one that is full is not back when it answers', () => {
  const said: string[] = [];
  const outage = outages({ host: 'h', port: 1, db: 0, shown: 'redis://h' }, (text) => said.push(text));
  for (const text of ['connect ECONNREFUSED h:1', 'read ECONNRESET', 'could not renew lock for job 1']) {
    outage.seen(new Error(text));
  }
  outage.over(false);
  outage.seen(new Error("OOM command not allowed when used memory > 'maxmemory'"));
  outage.over(false);
  outage.seen(new Error("OOM command not allowed when used memory > 'maxmemory'"));
  outage.over();
  expect(said).toEqual([
    'queue redis://h: cannot be reached (connect ECONNREFUSED h:1); trying again',
    'queue redis://h: back',
    expect.stringMatching(/Redis is full \(OOM .*trying again$/),
    'queue redis://h: back',
  ]);
});
