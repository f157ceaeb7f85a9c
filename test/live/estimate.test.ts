import { expect, it } from 'vitest';
import { estimateOf } from '../../src/live/estimate.js';
import { LiveState } from '../../src/live/state.js';
import { nodeResult } from '../fleet/support.js';

const node = (id: string, site = 'west') => ({ id, site, model: 'm', url: `http://${id}` });
const known = (minutes: number) => ({ trend: [], lastPassAt: null, tookMs: minutes * 60_000 });
const MINUTE = 60_000;

it('works through what is due in lanes, by how long each node took last', () => {
  const state = new LiveState(
    'lab',
    ['a', 'b', 'c', 'd'].map((id) => node(id)),
    {
      overall: 2,
      sites: new Map([['west', 2]]),
    },
  );
  state.knownBefore('a', known(10));
  state.knownBefore('b', known(4));
  state.knownBefore('c', known(3));
  state.knownBefore('d', known(20));
  state.roundBegun(null);
  state.begun('a', 0);
  state.begun('b', 0);
  const { startOf, endAt } = estimateOf(state.fleet, MINUTE);
  expect([...startOf]).toEqual([
    ['c', 4 * MINUTE],
    ['d', 7 * MINUTE],
  ]);
  expect(endAt).toBe(27 * MINUTE);
});

it('holds each site to its own number, and takes the median of the model for a node that never ran', () => {
  const state = new LiveState('lab', [node('a'), node('b'), node('c', 'east')], {
    overall: 8,
    sites: new Map([
      ['west', 1],
      ['east', 1],
    ]),
  });
  state.knownBefore('a', known(5));
  state.roundBegun(null);
  const { startOf, endAt } = estimateOf(state.fleet, 0);
  expect([...startOf]).toEqual([
    ['a', 0],
    ['b', 5 * MINUTE],
    ['c', 0],
  ]);
  expect(endAt).toBe(10 * MINUTE);
});

it('says nothing where no run was measured, and counts a late run as over soon', () => {
  const state = new LiveState('lab', [node('a'), node('b')], null);
  state.roundBegun(null);
  state.begun('a', 0);
  expect(estimateOf(state.fleet, 0)).toEqual({ startOf: new Map(), endAt: null });
  state.ended(nodeResult({ id: 'a', model: 'm', duration_s: 60 }), MINUTE);
  state.begun('b', MINUTE);
  expect(estimateOf(state.fleet, 90_000).endAt).toBe(2 * MINUTE);
  expect(estimateOf(state.fleet, 10 * MINUTE).endAt).toBe(10 * MINUTE);
  state.ended(nodeResult({ id: 'b', model: 'm' }), 10 * MINUTE);
  expect(estimateOf(state.fleet, 10 * MINUTE).endAt).toBeNull();
});
