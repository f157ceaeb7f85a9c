import { describe, expect, it } from 'vitest';
import { acts } from '../../src/lifecycle/acts/index.js';
import {
  type LifecycleEntry,
  lastResults,
  type NodeOutcome,
  type Round,
  type StepResults,
  stateOf,
} from '../../src/lifecycle/entries.js';
import type { HostFile } from '../../src/lifecycle/host-file.js';
import { judgeRound, judgeRun, wantsNextRound } from '../../src/lifecycle/outcome.js';

const host = (changes: Partial<HostFile> = {}): HostFile => ({
  address: 'gonka1me',
  node: 'https://node',
  admin_url: 'http://localhost:9200',
  model: 'M',
  choice: 'deploy',
  ml_nodes: [{ id: 'node1', host: 'h', gpu: 'B200' }],
  ...changes,
});
const round = (results: Partial<StepResults>): Round => ({
  epoch: 251,
  snapshotHeight: 100,
  pocStartHeight: 200,
  startedAt: '2026-11-24T16:00:00.000Z',
  switchedBefore: [],
  underWay: null,
  results,
});
const node = (id: string, exitCode: number): NodeOutcome => ({
  id,
  holds: exitCode === 0 ? 'new' : 'old',
  why: exitCode === 0 ? null : 'because',
  exitCode,
});
const stored = { choice: { kind: 'intent' as const }, hash: null, height: null, missed: false };
const yes = { preEligible: true, event: {} };
const no = { preEligible: false, event: {} };
const after = (...nodes: NodeOutcome[]) => round({ store: stored, snapshot: yes, switch: { nodes } });

describe('judgeRound', () => {
  it.each<[string, Round, string, number]>([
    ['every node validated', after(node('a', 0), node('b', 0)), 'validated', 0],
    ['a node that failed validation', after(node('a', 1), node('b', 2)), 'failed_validation', 2],
    ['a node that was not switched', after(node('a', 0), node('b', 1)), 'not_switched', 1],
    ['a no', round({ store: stored, snapshot: no }), 'not_pre_eligible', 3],
    ['a missed snapshot', round({ store: { ...stored, missed: true } }), 'missed', 1],
  ])('%s', (_, of, outcome, exitCode) => {
    expect(judgeRound(host(), of)).toMatchObject({ outcome, exitCode });
  });

  it('is content with a stored choice where nothing is deployed', () => {
    const of = round({ store: stored, snapshot: { preEligible: null, event: null } });
    expect(judgeRound(host({ choice: 'refuse' }), of)).toMatchObject({ outcome: 'stored', exitCode: 0 });
  });
});

describe('judgeRun', () => {
  it('does not forget a node that failed its validation in an earlier epoch', () => {
    const rounds = [after(node('a', 2), node('b', 0)), round({ store: stored, snapshot: no })];
    expect(judgeRun(host(), rounds)).toMatchObject({ outcome: 'failed_validation', exitCode: 2 });
    expect(judgeRun(host(), rounds.slice(1))).toMatchObject({ exitCode: 3 });
  });
});

describe('wantsNextRound', () => {
  const wants = (changes: Partial<HostFile>, of: Round, rounds = 1) => {
    const state = { ...stateOf([]), rounds: Array.from({ length: rounds }, () => of) };
    return wantsNextRound(host(changes), state);
  };

  it('goes on until the model is eligible, for so many epochs at the most', () => {
    const again = round({ store: stored, snapshot: no, poc: { eligible: false } });
    expect(wants({}, again)).toBe(false);
    expect([wants({ epochs: 2 }, again), wants({ epochs: 2 }, again, 2)]).toEqual([true, false]);
    expect(wants({ until: 'eligible' }, again, 40)).toBe(true);
    expect(wants({ until: 'eligible' }, round({ ...again.results, poc: { eligible: true } }))).toBe(false);
  });

  it('goes on with the nodes that have not failed their validation, and with none stops', () => {
    const until: Partial<HostFile> = { until: 'eligible' };
    expect(wants(until, after(node('a', 2), node('b', 2)))).toBe(false);
    expect(wants(until, after(node('a', 2), node('b', 0)))).toBe(true);
    expect(wants(until, after(node('a', 2), node('b', 1)))).toBe(true);
  });
});

describe('nodes that an earlier epoch left on the new model', () => {
  const at = '2026-11-24T16:00:00.000Z';
  const heights = { snapshotHeight: 100, pocStartHeight: 200 };
  const first: LifecycleEntry[] = [
    { at, act: 'round', epoch: 251, ...heights },
    { at, act: 'end', step: 'switch', result: { nodes: [node('a', 0), node('b', 1)] } },
    { at, act: 'round', epoch: 252, ...heights },
    { at, act: 'end', step: 'snapshot', result: no },
  ];
  const back = (state: 'restored' | 'left'): LifecycleEntry => ({
    at,
    act: 'end',
    step: 'restore',
    result: { nodes: [{ id: 'a', state, why: state === 'left' ? 'somebody changed it' : null }] },
  });
  const last = (entries: LifecycleEntry[]) => stateOf(entries).rounds.at(-1) as Round;

  it('go back where the snapshot says no', () => {
    expect(last(first).switchedBefore).toEqual(['a']);
    expect(acts.filter(({ applies }) => applies(host(), last(first))).map(({ name }) => name)).toContain(
      'restore',
    );
    const restored = [...first, back('restored')];
    expect(judgeRound(host(), last(restored))).toMatchObject({ outcome: 'not_pre_eligible', exitCode: 3 });
    expect(lastResults(stateOf(restored).rounds).map(({ id, holds }) => [id, holds])).toEqual([
      ['a', 'old'],
      ['b', 'old'],
    ]);
    const next: LifecycleEntry = { at, act: 'round', epoch: 253, ...heights };
    expect(last([...restored, next]).switchedBefore).toEqual([]);
  });

  it('are an error where they cannot', () => {
    expect(judgeRound(host(), last([...first, back('left')]))).toMatchObject({
      exitCode: 1,
      reason: expect.stringContaining('a is not back on its old model: somebody changed it'),
    });
  });
});

describe('the steps of a round', () => {
  const names = (changes: Partial<HostFile>, of: Round) =>
    acts.filter(({ applies }) => applies(host(changes), of)).map(({ name }) => name);

  it('are those that its file and its snapshot ask for', () => {
    expect(names({}, after(node('a', 0)))).toEqual(['store', 'weights', 'snapshot', 'switch']);
    expect(names({}, round({ store: stored, snapshot: no }))).toEqual(['store', 'weights', 'snapshot']);
    expect(names({ choice: 'refuse', epochs: 2 }, round({ store: stored }))).toEqual([
      'store',
      'snapshot',
      'poc',
    ]);
    expect(names({}, round({ store: { ...stored, missed: true } }))).toEqual(['store']);
  });

  it('store the fallback only when no node has the new model', () => {
    const fallback: Partial<HostFile> = { on_validation_failure: 'refuse' };
    expect(names(fallback, after(node('a', 0), node('b', 2)))).not.toContain('fallback');
    expect(names(fallback, after(node('a', 2), node('b', 2)))).toContain('fallback');
    expect(names({}, after(node('a', 2)))).not.toContain('fallback');
  });
});
