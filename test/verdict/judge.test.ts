import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/run/observation.js';
import { resolveStatTest } from '../../src/run/thresholds.js';
import { applyThreshold } from '../../src/verdict/apply-threshold.js';
import type { JudgeInput } from '../../src/verdict/input.js';
import type { Judgement } from '../../src/verdict/judge.js';
import { judge } from '../../src/verdict/judge.js';
import type { SelfCheckCounts } from '../../src/verdict/self-check.js';
import {
  atDistance,
  goldenVector,
  goldenVectors,
  judgeInput,
  seededRandom,
} from '../support/measurements.js';

const textsOf = ({ warnings }: Pick<Judgement, 'warnings'>) => warnings.map(({ text }) => text).join();

const random = seededRandom(1);
const golden = goldenVectors(200, random);
/** A run in which the rows of `bad` lie beyond the threshold, and the others within. */
const runWith = (isBad: (row: number) => boolean, changes: Partial<JudgeInput> = {}) =>
  judgeInput(
    golden,
    (row) => atDistance(goldenVector(golden, row), isBad(row) ? 0.6 : 0.07, random),
    changes,
  );
/** Rows of the batches that replica 5002 gets. */
const onSecond = (row: number) => Math.floor(row / 32) % 2 === 1;

describe('the overall test', () => {
  it('passes a run without mismatches, with exit code 0', () => {
    const { verdict, exitCode, verdictReason, validation } = judge(runWith(() => false));
    expect({ verdict, exitCode }).toEqual({ verdict: 'PASS', exitCode: 0 });
    expect(verdictReason).toContain('all 200 nonces match');
    expect(validation.response).toEqual({
      n_total: 200,
      n_mismatch: 0,
      mismatch_nonces: [],
      p_value: 1,
      fraud_detected: false,
    });
    expect(validation.passed).toBe(true);
    expect(validation.has_mismatches).toBe(false);
    expect(validation.first_failing_mismatch_count).toBe(28);
  });

  it('passes 27 mismatches of 200 spread over the replicas as within tolerance', () => {
    const { verdict, verdictReason, validation } = judge(runWith((row) => row % 7 === 0 && row < 189));
    expect(validation.response.n_mismatch).toBe(27);
    expect(verdict).toBe('PASS');
    expect(verdictReason).toContain('(limit 27)');
    expect(validation.has_mismatches).toBe(true);
  });

  it('fails 28 mismatches of 200, with exit code 2', () => {
    const { verdict, exitCode, verdictReason } = judge(runWith((row) => row % 7 === 0 && row < 196));
    expect({ verdict, exitCode }).toEqual({ verdict: 'FAIL', exitCode: 2 });
    expect(verdictReason).toContain('28 of 200 mismatches (limit 27)');
  });

  it('never passes a run in which nothing was measured', () => {
    const { verdict, exitCode } = judge(judgeInput(goldenVectors(0, random), () => []));
    expect({ verdict, exitCode }).toEqual({ verdict: 'INCOMPLETE', exitCode: 1 });
  });

  it('says that the default threshold of a node belongs to no model, and does not blame the node for it', () => {
    const { warnings } = judge(runWith(() => false, { statTest: resolveStatTest([]), model: 'acme/New-1' }));
    expect(warnings).toContainEqual(
      expect.objectContaining({
        text: expect.stringContaining('no threshold of acme/New-1 is known'),
        about_node: false,
      }),
    );
    expect(textsOf(judge(runWith(() => false)))).not.toContain('no threshold of');
  });

  it('warns of thresholds under which nothing can fail', () => {
    const few = goldenVectors(1, random);
    const { verdict, warnings } = judge(judgeInput(few, (row) => goldenVector(few, row)));
    expect(verdict).toBe('PASS');
    expect(textsOf({ warnings })).toContain('the test says nothing');
  });
});

describe('the test of each replica', () => {
  it('fails a bad replica although the node as a whole is within tolerance, and names it', () => {
    const bad = (row: number) => onSecond(row) && row % 4 === 0;
    const { verdict, verdictReason, validation } = judge(runWith(bad));
    expect(validation.response.fraud_detected).toBe(false);
    expect(verdict).toBe('FAIL');
    expect(verdictReason).toContain('replica 5002: 24 of 96 mismatches');
    expect(validation.replicas.map(({ port, fraud_detected }) => [port, fraud_detected])).toEqual([
      [5001, false],
      [5002, true],
    ]);
  });

  it('says which replica the mismatches are from where the node as a whole fails', () => {
    const reason = (bad: (row: number) => boolean) => judge(runWith(bad)).verdictReason;
    expect(reason(onSecond)).toContain('96 of 200 mismatches (limit 27), all on replica 5002');
    expect(reason((row) => onSecond(row) || row < 2)).toContain(
      '98 of 200 mismatches (limit 27), 96 of them on replica 5002',
    );
    expect(reason(() => true)).toContain('200 of 200 mismatches (limit 27)');
  });

  it('shares the fraud threshold among the replicas', () => {
    // P(X ≥ 17 of 104) is 0.033: below 0.05, above the 0.025 of each of two.
    const { verdict, validation } = judge(runWith((row) => row < 17));
    const [first] = validation.replicas;
    expect(first).toMatchObject({ n_total: 104, n_mismatch: 17, fraud_detected: false });
    expect(first?.p_value).toBeLessThan(0.05);
    expect(first?.p_value).toBeGreaterThan(0.025);
    expect(verdict).toBe('PASS');
  });
});

describe('unanswered nonces', () => {
  const without = (input: JudgeInput, isGone: (row: number) => boolean): JudgeInput => ({
    ...input,
    observations: input.observations.filter((_, row) => !isGone(row)),
  });

  it('leave a clean run incomplete, with exit code 1', () => {
    const { verdict, exitCode, validation, verdictReason } = judge(
      without(
        runWith(() => false),
        (row) => row < 32,
      ),
    );
    expect({ verdict, exitCode }).toEqual({ verdict: 'INCOMPLETE', exitCode: 1 });
    expect(validation.unanswered_nonces).toEqual(golden.nonces.slice(0, 32));
    expect(validation.response.n_total).toBe(168);
    expect(verdictReason).toContain('32 of 200 nonces were not answered');
  });

  it('do not save a run that is fraud even if they all matched', () => {
    const { verdict, verdictReason } = judge(
      without(
        runWith((row) => row % 2 === 0),
        (row) => row < 32,
      ),
    );
    expect(verdict).toBe('FAIL');
    expect(verdictReason).toContain('even if all 32 unanswered nonces had matched');
  });

  it('leave open a run that is fraud only without them', () => {
    const { verdict, validation, verdictReason } = judge(
      without(
        runWith((row) => row >= 100 && row % 4 === 0),
        (row) => row < 100,
      ),
    );
    expect(validation.response.fraud_detected).toBe(true);
    expect(verdict).toBe('INCOMPLETE');
    expect(verdictReason).toContain('would FAIL');
  });

  it('are counted a replica each where every replica was asked', () => {
    const { verdict, validation } = judge(
      runWith(() => false, { coverage: 'every-replica', unansweredNonces: [3, 3, 4] }),
    );
    expect(verdict).toBe('INCOMPLETE');
    expect(validation.unanswered_nonces).toEqual([3, 3, 4]);
  });
});

describe("the node's own check", () => {
  const counts = (n_mismatch: number): SelfCheckCounts[] => [
    {
      replica: 'all',
      nonces: [],
      n_total: 200,
      n_mismatch,
      mismatch_nonces: golden.nonces.slice(0, n_mismatch),
    },
  ];

  it('agrees within the rounding of a nonce or two', () => {
    const { validation, warnings } = judge(
      runWith((row) => [3, 58, 71, 120, 199].includes(row), { selfCheck: counts(6) }),
    );
    expect(validation.node_self_check).toMatchObject({ n_mismatch: 6, agrees: true, fraud_detected: false });
    expect(warnings).toEqual([]);
  });

  it('that clears measured fraud is named in the reason', () => {
    const { verdict, verdictReason, validation } = judge(
      runWith((row) => row % 2 === 0, { selfCheck: counts(0) }),
    );
    expect(verdict).toBe('FAIL');
    expect(verdictReason).toContain("the node's own check finds no FAIL (0 of 200 mismatches)");
    expect(validation.node_self_check?.agrees).toBe(false);
  });

  it('that finds fraud in a clean measurement is a warning, and FAIL when strict', () => {
    const input = runWith(() => false, { selfCheck: counts(60) });
    const lenient = judge(input);
    expect(lenient.verdict).toBe('PASS');
    expect(textsOf(lenient)).toContain('its own check says FAIL, the measurement says PASS');
    const strict = judge({ ...input, strict: true });
    expect(strict).toMatchObject({ verdict: 'FAIL', exitCode: 2 });
    expect(strict.verdictReason).toMatch(/^strict: .*the official test passes/);
  });

  it('is not compared where the build checks itself by the decode scheme', () => {
    const input = runWith(() => true, { selfCheck: counts(0) });
    const observations = input.observations.map((one) => ({
      ...one,
      vector_b64: '',
      l2: null,
      why: 'undecodable' as const,
    }));
    const { verdictReason, validation, warnings } = judge({ ...input, observations });
    expect(validation.node_self_check).toMatchObject({ agrees: null, n_mismatch: 0 });
    expect(validation.node_self_check?.note).toContain('by the decode scheme, so this is not compared');
    expect(verdictReason).not.toContain('own check');
    expect(warnings.map(({ code }) => code)).not.toContain('self_report_contradicts');
  });

  it('disagrees where the counts are too far apart for chance, whatever both tests say', () => {
    const { validation } = judge(runWith((row) => row % 10 === 0, { selfCheck: counts(0) }));
    expect(validation.response.fraud_detected).toBe(false);
    expect(validation.node_self_check).toMatchObject({ agrees: false, fraud_detected: false });
  });
});

describe('applyThreshold', () => {
  it('is a strict comparison, and leaves what is no vector a mismatch', () => {
    const [one] = runWith(() => false).observations as [Observation];
    const judged = applyThreshold(
      [
        { ...one, l2: 0.4 },
        { ...one, l2: 0.4000001 },
        { ...one, l2: null, why: 'missing', mismatch: true },
        { ...one, l2: 0.01, why: 'conflicting', mismatch: true },
        { ...one, l2: 0.1, why: 'distance', mismatch: true },
      ],
      0.4,
    );
    expect(judged.map(({ mismatch, why }) => [mismatch, why])).toEqual([
      [false, null],
      [true, 'distance'],
      [true, 'missing'],
      [true, 'conflicting'],
      [false, null],
    ]);
  });
});

describe('for any run', () => {
  const rank = { PASS: 0, INCOMPLETE: 1, FAIL: 2 };
  const anyL2s = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 1, maxLength: 60 });
  const anyStatTest = fc
    .record({
      dist_threshold: fc.double({ min: 0.01, max: 1, noNaN: true }),
      p_mismatch: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
      fraud_threshold: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
    })
    .map((values) => resolveStatTest([{ source: 'test', values }]));
  const runOf = (l2s: number[], statTest: JudgeInput['statTest'], replicas: number) =>
    judgeInput(goldenVectors(0, random), () => [], {
      nonces: l2s.map((_, nonce) => nonce),
      observations: l2s.map((l2, nonce) => ({
        nonce,
        vector_b64: null,
        l2,
        cosine_distance: l2 ** 2 / 2,
        mismatch: false,
        why: null,
        replica: 5001 + (nonce % replicas),
        request: null,
        batch: 0,
        latency_s: 0,
      })),
      statTest,
    });

  it('the order of observations does not matter', () => {
    fc.assert(
      fc.property(
        anyL2s,
        anyStatTest,
        fc.integer({ min: 1, max: 4 }),
        fc.nat(),
        (l2s, test, replicas, seed) => {
          const input = runOf(l2s, test, replicas);
          const shuffle = seededRandom(seed);
          const keyed = input.observations.map((observation) => ({ observation, key: shuffle() }));
          const observations = keyed.sort((a, b) => a.key - b.key).map(({ observation }) => observation);
          expect(judge({ ...input, observations })).toEqual(judge(input));
        },
      ),
    );
  });

  it('one more mismatch never makes the verdict better', () => {
    fc.assert(
      fc.property(
        anyL2s,
        anyStatTest,
        fc.integer({ min: 1, max: 4 }),
        fc.nat(),
        (l2s, test, replicas, at) => {
          const worse = [...l2s];
          worse[at % l2s.length] = 2;
          const before = judge(runOf(l2s, test, replicas));
          const after = judge(runOf(worse, test, replicas));
          expect(after.validation.response.p_value).toBeLessThanOrEqual(before.validation.response.p_value);
          expect(rank[after.verdict]).toBeGreaterThanOrEqual(rank[before.verdict]);
        },
      ),
    );
  });

  it('a lower threshold never makes the verdict better', () => {
    fc.assert(
      fc.property(anyL2s, anyStatTest, fc.double({ min: 0, max: 1, noNaN: true }), (l2s, test, factor) => {
        const input = runOf(l2s, test, 2);
        const values = { ...test.values, dist_threshold: test.values.dist_threshold * factor };
        const tighter = judge({ ...input, statTest: { ...test, values } });
        expect(rank[tighter.verdict]).toBeGreaterThanOrEqual(rank[judge(input).verdict]);
      }),
    );
  });

  it('the replicas add up to the whole', () => {
    fc.assert(
      fc.property(anyL2s, anyStatTest, fc.integer({ min: 1, max: 4 }), (l2s, test, replicas) => {
        const { validation } = judge(runOf(l2s, test, replicas));
        const sum = (key: 'n_total' | 'n_mismatch') =>
          validation.replicas.reduce((total, replica) => total + replica[key], 0);
        expect(sum('n_total')).toBe(validation.response.n_total);
        expect(sum('n_mismatch')).toBe(validation.response.n_mismatch);
        expect(validation.response.mismatch_nonces).toHaveLength(validation.response.n_mismatch);
      }),
    );
  });
});

describe('a node that names the wrong ports', () => {
  /** Requests of eight nonces in turn on two ports, as the node has it; those of `bad` are beyond the threshold. */
  const asked = (bad: number[], changes: Partial<JudgeInput> = {}, spoilt = 8) => {
    const input = runWith((row) => bad.includes(Math.floor(row / 8)) && row % 8 < spoilt, changes);
    return {
      ...input,
      observations: input.observations.map((observation, row) => {
        const batch = Math.floor(row / 8);
        const replica = 5001 + (batch % 2);
        return { ...observation, batch, replica, request: `${replica}:uuid-${batch}` };
      }),
    };
  };
  const codes = (input: JudgeInput) => judge(input).warnings.map(({ code }) => code);

  it('is found by its requests, whose nonces nearly all mismatch, and fails under strict', () => {
    const input = asked([4, 9, 16]);
    const { verdict, warnings } = judge(input);
    expect(verdict).toBe('PASS');
    expect(warnings.find(({ code }) => code === 'requests_mismatch')).toMatchObject({
      text: expect.stringMatching(
        /^of 3 requests nearly all nonces mismatch \(batch 4 \(5001:uuid-4\): 8 of 8/,
      ),
      about_node: true,
    });
    expect(judge({ ...input, strict: true }).verdict).toBe('FAIL');
  });

  it('is not suspected for mismatches that lie anywhere, nor for a request with a few', () => {
    expect(codes(runWith((row) => row % 8 === 3))).not.toContain('requests_mismatch');
    expect(codes(asked([4, 9, 16], {}, 5))).not.toContain('requests_mismatch');
  });

  it('is not told twice of a replica that fails by itself', () => {
    const first = asked(Array.from({ length: 13 }, (_, at) => 2 * at));
    expect(judge(first).verdict).toBe('FAIL');
    expect(codes(first)).not.toContain('requests_mismatch');
  });

  it('is suspected no oftener for many requests than for few', () => {
    // Two nonces of two are nothing, at a rate of a tenth among a hundred requests.
    const input = runWith((row) => row === 10 || row === 11);
    const inPairs = input.observations.map((each, row) => ({ ...each, batch: Math.floor(row / 2) }));
    expect(codes({ ...input, observations: inPairs })).not.toContain('requests_mismatch');
  });
});

it('does not take the batches of a bad replica that nobody names for batch composition', () => {
  // Every second request waits on the bad replica: with --probe wait nobody is told.
  const input = judgeInput(golden, (row) => {
    const isBad = Math.floor(row / 32) % 2 === 1;
    return atDistance(goldenVector(golden, row), isBad ? 1.2 : 0.07, random);
  });
  const observations = input.observations.map((each) => ({ ...each, replica: null }));
  const { verdict, validation } = judge({ ...input, observations });
  expect(verdict).toBe('FAIL');
  expect(validation.diagnosis.map(({ code }) => code)).not.toContain('batch_composition');
});
