import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Reply } from '../../src/batches/transport.js';
import { withinOneCall } from '../../src/probe/one-call.js';

const batch = { index: 0, start: 0, count: 2000 };
/** A hundredth of a second stands for a minute. */
const PATIENCE = 0.01 / 60;
const fault = (more: object): Reply<never> => ({
  ...{ kind: 'fault', outcome: 'failing', message: 'POST x: 502', detail: '', status: 502 },
  ...{ advice: undefined, retryAfterMs: undefined },
  ...more,
});
const after = (ms: number, reply: Reply<never>) => async () => {
  await sleep(ms);
  return reply;
};

it('says of a call that the node gave up on that it can never end, and ends the run', async () => {
  expect(await withinOneCall(after(20, fault({})), batch, PATIENCE)).toMatchObject({
    outcome: 'rejected',
    message:
      'the node limits one call to 60 s, and a batch of 2000 nonces takes longer: --probe wait can never finish',
    advice: expect.stringContaining('--probe queued'),
  });
});

it.each([
  ['a replica that went, with a word of it', after(20, fault({ detail: 'All connection attempts failed' }))],
  ['another status', after(20, fault({ status: 503 }))],
])('leaves %s as it is', async (_name, ask) => {
  expect(await withinOneCall(ask, batch, PATIENCE)).toMatchObject({ outcome: 'failing' });
});

it('leaves a failure that comes at once as it is', async () => {
  expect(await withinOneCall(after(0, fault({})), batch, 1)).toMatchObject({ outcome: 'failing' });
});
