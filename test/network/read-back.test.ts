import { expect, it } from 'vitest';
import { AssayError } from '../../src/errors.js';
import { HttpFault } from '../../src/http/fault.js';
import { isDoubtful } from '../../src/network/apply.js';
import { actAndReadBack, readBack } from '../../src/network/read-back.js';

it('looks until a change has arrived, through looks that fail', async () => {
  const looks = [() => Promise.reject(new AssayError('away')), async () => false, async () => true];
  expect(await readBack(() => (looks.shift() as () => Promise<boolean>)(), undefined, 5_000)).toBe(true);
  expect(await readBack(async () => false, undefined, 0)).toBe(false);
});

it('reads back only what is in doubt', async () => {
  const around = { isDoubtful, signal: undefined };
  const timedOut = new HttpFault('timed_out', 'no answer within 30 s');
  const refused = new HttpFault('rejected', 'HTTP 400', { status: 400 });
  await actAndReadBack(
    () => Promise.reject(timedOut),
    async () => true,
    around,
  );
  await expect(
    actAndReadBack(
      () => Promise.reject(refused),
      async () => true,
      around,
    ),
  ).rejects.toBe(refused);
});

it('takes a lost answer for doubt, and a refusal for none', () => {
  const of = (outcome: ConstructorParameters<typeof HttpFault>[0], status?: number) =>
    isDoubtful(new HttpFault(outcome, 'x', status === undefined ? {} : { status }));
  expect([of('timed_out'), of('broken'), of('not_json'), of('failing', 502), of('failing', 504)]).toEqual(
    Array(5).fill(true),
  );
  expect([of('failing', 500), of('rejected', 400), of('unreachable')]).toEqual([false, false, false]);
});
