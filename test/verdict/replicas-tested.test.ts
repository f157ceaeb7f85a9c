import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../src/verdict/judge.js';
import { judge } from '../../src/verdict/judge.js';
import { type Rotation, replicasTested } from '../../src/verdict/replicas-tested.js';
import {
  goldenVector,
  goldenVectors,
  judgeInput,
  observe,
  seededRandom,
  unitVector,
} from '../support/measurements.js';

const random = seededRandom(11);
const PORTS = [5001, 5002, 5003];
const golden = goldenVectors(200, random);
const rotation = (changes: Partial<Rotation> = {}): Rotation => ({
  expected: null,
  ports: [5001, 5002],
  fullBatch: 32,
  isRequired: true,
  ...changes,
});
const all = golden.nonces.map((_, row) => row);
/** Each row as answered by the replica that `portOf` names. */
const answered = (portOf: (row: number) => number | null, rows = all, isBad = (_: number) => false) =>
  rows.map((row) =>
    observe(golden, row, isBad(row) ? unitVector(random) : goldenVector(golden, row), [portOf(row)]),
  );
const run = (observations: ReturnType<typeof answered>, replicas: Partial<Rotation>, strict = false) =>
  judge({
    ...judgeInput(golden, () => goldenVector(golden, 0)),
    coverage: 'auto',
    observations,
    strict,
    rotation: rotation(replicas),
  });
const codes = ({ warnings }: Judgement) => warnings.map(({ code }) => code);

describe('which replicas were tested', () => {
  it('says how many of how many in the reason', () => {
    const judged = run(
      answered((row) => (Math.floor(row / 32) % 2 === 0 ? 5001 : 5002)),
      {},
    );
    expect(judged).toMatchObject({ verdict: 'PASS', exitCode: 0 });
    expect(judged.verdictReason).toMatch(/; 2 of 2 replicas tested$/);
    expect(judged.validation.replicas_tested).toEqual({
      expected: null,
      in_rotation: 2,
      tested: 2,
      ports: [5001, 5002],
      not_tested: [],
    });
  });

  it('comes to no verdict where one in rotation was never reached, and names its port', () => {
    const judged = run(
      answered(() => 5001),
      {},
    );
    expect(judged).toMatchObject({ verdict: 'INCOMPLETE', exitCode: 1 });
    expect(judged.verdictReason).toContain('replica 5002 answered nothing');
    expect(judged.verdictReason).toMatch(/; 1 of 2 replicas tested$/);
    // It stays in the table.
    expect(judged.validation.replicas.map(({ port, n_total }) => [port, n_total])).toEqual([
      [5001, 200],
      [5002, 0],
    ]);
  });

  it('is a warning where the nonces are only spread, and FAIL when strict', () => {
    const one = answered(() => 5001);
    const lenient = run(one, { isRequired: false });
    expect(lenient.verdict).toBe('PASS');
    expect(codes(lenient)).toEqual(['replicas_not_tested']);
    expect(run(one, { isRequired: false }, true)).toMatchObject({ verdict: 'FAIL', exitCode: 2 });
  });

  it('says that replicas are not known where no answer names one', () => {
    const judged = run(
      answered(() => null),
      { isRequired: false },
    );
    expect(judged.warnings[0]?.text).toContain('not known which replica answered');
    expect(judged.validation.replicas.map(({ port }) => port)).toEqual([null]);
  });

  it('takes nameless answers for those of an only replica', () => {
    const judged = run(
      answered(() => null),
      { ports: [5001] },
    );
    expect(judged.verdict).toBe('PASS');
    expect(judged.validation.replicas_tested?.tested).toBe(1);
  });

  it('warns of promised replicas that are not in rotation', () => {
    const one = answered(() => 5001);
    const lenient = run(one, { ports: [5001], expected: 2 });
    expect(lenient.verdict).toBe('PASS');
    expect(lenient.verdictReason).toMatch(/; 1 of 2 replicas tested$/);
    expect(codes(lenient)).toEqual(['replicas_missing']);
    expect(run(one, { ports: [5001], expected: 2 }, true).verdict).toBe('FAIL');
  });

  it('does not let a bad replica get away with one that was not reached', () => {
    const judged = run(
      answered(
        () => 5001,
        all,
        () => true,
      ),
      {},
    );
    expect(judged).toMatchObject({ verdict: 'FAIL', exitCode: 2 });
  });

  it('counts each nonce once in the overall test, and each answer for its replica', () => {
    const first = answered(() => 5001);
    const further = answered(
      () => 5002,
      all.slice(0, 32),
      () => true,
    ).map((one) => ({
      ...one,
      further: true as const,
    }));
    const judged = run([...first, ...further], {});
    expect(judged.validation.response).toMatchObject({ n_total: 200, n_mismatch: 0 });
    expect(judged.validation.replicas[1]).toMatchObject({ port: 5002, n_total: 32, n_mismatch: 32 });
    expect(judged.verdict).toBe('FAIL');
    expect(judged.verdictReason).toContain('replica 5002: 32 of 32 mismatches');
  });

  it('is whole or not, whatever the order of the answers', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PORTS), { minLength: 7, maxLength: 7 }), (ports) => {
        const observations = answered((row) => ports[Math.floor(row / 32)] as number);
        const tested = replicasTested(observations, rotation({ ports: PORTS }), 200);
        // The last batch has 8 nonces only: it does not test a replica.
        const reached = new Set<number>(ports.slice(0, 6));
        expect(tested.tested).toBe(reached.size);
        expect(tested.not_tested).toEqual(PORTS.filter((port) => !reached.has(port)));
      }),
    );
  });

  it('asks no more of a replica than a short reference has', () => {
    const short = goldenVectors(1, random);
    const observations = [observe(short, 0, goldenVector(short, 0), [5001])];
    expect(replicasTested(observations, rotation({ ports: [5001] }), 1).tested).toBe(1);
  });
});

describe("the node's own check, replica by replica", () => {
  const bad = (row: number) => Math.floor(row / 32) % 2 === 1;
  const observations = answered((row) => (bad(row) ? 5002 : 5001), all, bad);
  const check = (replica: number, n_mismatch: number, rows: number[]) => ({
    replica,
    nonces: rows,
    n_total: rows.length,
    n_mismatch,
    mismatch_nonces: rows.slice(0, n_mismatch),
  });
  const judged = (selfCheck: ReturnType<typeof check>[]) =>
    judge({ ...judgeInput(golden, () => goldenVector(golden, 0)), observations, selfCheck });

  it('is compared over the same nonces of the same replica', () => {
    const { validation, warnings } = judged([
      check(5001, 0, all.slice(0, 32)),
      check(5002, 32, all.slice(32, 64)),
    ]);
    expect(validation.node_self_check).toMatchObject({ n_total: 64, n_mismatch: 32, agrees: true });
    expect(validation.node_self_check?.note).toContain('32 of 64 were measured on the same nonces');
    expect(warnings.map(({ code }) => code)).not.toContain('self_report_contradicts');
  });

  it('accuses only a replica that contradicts itself', () => {
    const lie = judged([check(5001, 0, all.slice(0, 32)), check(5002, 0, all.slice(32, 64))]);
    expect(lie.validation.node_self_check).toMatchObject({ agrees: false });
    expect(lie.validation.node_self_check?.replicas?.map(({ port, agrees }) => [port, agrees])).toEqual([
      [5001, true],
      [5002, false],
    ]);
    expect(lie.warnings.map(({ code }) => code)).toContain('self_report_contradicts');
    // A good replica checked what a bad one computed: both tell the truth.
    const honest = judged([check(5001, 0, all.slice(32, 64))]);
    expect(honest.validation.node_self_check?.agrees).toBe(true);
    expect(honest.warnings.map(({ code }) => code)).not.toContain('self_report_contradicts');
  });

  it('compares nothing where nobody was measured', () => {
    const { validation, warnings } = judged([check(5003, 32, all.slice(0, 32))]);
    expect(validation.node_self_check?.agrees).toBeNull();
    expect(warnings.map(({ code }) => code)).not.toContain('self_report_contradicts');
  });
});
