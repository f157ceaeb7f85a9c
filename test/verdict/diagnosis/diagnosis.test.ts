import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/run/observation.js';
import { encodeVector } from '../../../src/schemes/half-base64.js';
import type { JudgeInput } from '../../../src/verdict/input.js';
import { judge } from '../../../src/verdict/judge.js';
import {
  atDistance,
  gammaDistance,
  goldenVector,
  goldenVectors,
  HONEST,
  INT4,
  judgeInput,
  observe,
  seededRandom,
  unitVector,
} from '../../support/measurements.js';

const random = seededRandom(5);
const golden = goldenVectors(200, random);

const exact = (row: number) => goldenVector(golden, row);
const honest = (row: number) => atBand(row, HONEST);
const int4 = (row: number) => atBand(row, INT4);
const unrelated = () => unitVector(random);

function atBand(row: number, { mean, sd }: { mean: number; sd: number }): Float32Array {
  return atDistance(exact(row), Math.min(2, gammaDistance(mean, sd, random)), random);
}

const run = (received: (row: number) => ArrayLike<number> | string, changes?: Partial<JudgeInput>) =>
  judgeInput(golden, received, changes);

/** The honest run, with the observations of some rows changed. */
const changed = (isChanged: (row: number) => boolean, change: Partial<Observation>) => {
  const input = run(honest);
  return {
    ...input,
    observations: input.observations.map((observation, row) =>
      isChanged(row) ? { ...observation, l2: null, cosine_distance: null, ...change } : observation,
    ),
  };
};

const everyReplica = (...replicas: ((row: number) => ArrayLike<number>)[]) =>
  run(exact, {
    coverage: 'every-replica',
    observations: replicas.flatMap((received, index) =>
      golden.nonces.map((_, row) => observe(golden, row, received(row), [5001 + index])),
    ),
  });

const onSecond = (row: number) => Math.floor(row / 32) % 2 === 1;
/** A third of all rows, without any order. */
const thirdOfRows = new Set(Array.from({ length: 200 }, (_, row) => row).filter(() => random() < 1 / 3));
const third = (row: number) => thirdOfRows.has(row);
const swapBytes = (vector: ArrayLike<number>) =>
  Buffer.from(encodeVector(vector), 'base64').swap16().toString('base64');

/** What other programs mean by bfloat16: the upper half of a float32. */
function asBfloat16(vector: Float32Array): string {
  const words = new Uint16Array(vector.buffer.slice(0));
  return Buffer.from(Uint16Array.from(vector, (_, i) => words[2 * i + 1] as number).buffer).toString(
    'base64',
  );
}

/** Each kind of run with exactly the diagnoses that it deserves: every other rule must be silent on it. */
const runs: [string, JudgeInput, string[]][] = [
  ['golden vectors', run(exact), ['bit_exact']],
  ['honest vectors of other hardware', run(honest), ['honest_cross_hardware']],
  ['quantised weights', run(int4), ['known_fraud']],
  ['another model', run(unrelated), ['unrelated_vectors']],
  [
    'another model on one replica',
    run((row) => (onSecond(row) ? unrelated() : honest(row))),
    ['one_bad_replica', 'unrelated_vectors'],
  ],
  [
    'quantised weights on one replica',
    run((row) => (onSecond(row) ? int4(row) : honest(row))),
    ['one_bad_replica', 'known_fraud'],
  ],
  ['the next nonce', run((row) => exact((row + 1) % 200)), ['nonce_shift']],
  ['swapped bytes', run((row) => swapBytes(exact(row))), ['byte_order_or_dtype']],
  ['bfloat16', run((row) => asBfloat16(exact(row))), ['byte_order_or_dtype']],
  ['vectors three times too long', run((row) => exact(row).map((value) => 3 * value)), ['not_normalised']],
  ['NaN in a third of the vectors', changed(third, { why: 'non_finite' }), ['non_finite']],
  [
    'a third of the nonces left out',
    changed(third, { why: 'missing', vector_b64: null }),
    ['left_out_nonces'],
  ],
  [
    'vectors of 16 numbers',
    changed(() => true, { why: 'dimension', vector_b64: encodeVector(new Float32Array(16)) }),
    ['wrong_dimension'],
  ],
  ['a decode-only build', changed(() => true, { why: 'undecodable', vector_b64: '' }), ['decode_only_build']],
  [
    'a bad first place in each batch',
    run((row) => (row % 32 === 0 ? unrelated() : honest(row))),
    ['heads_of_batches', 'honest_cross_hardware'],
  ],
  [
    'one bad batch',
    run((row) => (Math.floor(row / 32) === 2 ? unrelated() : honest(row))),
    ['one_bad_replica', 'batch_composition'],
  ],
  ['replicas that agree', everyReplica(exact, exact), ['bit_exact']],
  [
    'replicas that disagree',
    everyReplica(exact, unrelated),
    ['one_bad_replica', 'unrelated_vectors', 'replicas_disagree'],
  ],
  [
    "a node that clears another model's vectors",
    run(unrelated, {
      selfCheck: [{ replica: 'all', nonces: [], n_total: 200, n_mismatch: 0, mismatch_nonces: [] }],
    }),
    ['unrelated_vectors', 'self_report_contradicts'],
  ],
  [
    'a node whose check does not count the NaN',
    {
      ...changed(third, { why: 'non_finite' }),
      selfCheck: [{ replica: 'all', nonces: [], n_total: 200, n_mismatch: 0, mismatch_nonces: [] }],
    },
    ['non_finite'],
  ],
  [
    'a model that was up with other arguments',
    run(exact, { deployMismatch: '--max-model-len is 8192 where 240000 was given' }),
    ['already_running_with_other_arguments', 'bit_exact'],
  ],
  [
    'a handful of vectors',
    { ...run(unrelated), nonces: [0, 1, 2], observations: run(unrelated).observations.slice(0, 3) },
    [],
  ],
];

describe('the diagnosis', () => {
  it.each(runs)('of %s', (_, input, codes) => {
    const { diagnosis } = judge(input).validation;
    expect(diagnosis.map(({ code }) => code)).toEqual(codes);
    for (const { evidence, advice, why_it_matters } of diagnosis) {
      expect(evidence).toMatch(/\d/);
      expect(advice).not.toBe('');
      expect(why_it_matters).not.toBe('');
    }
  });

  it('names the replica and the figures', () => {
    const { diagnosis } = judge(run((row) => (onSecond(row) ? unrelated() : honest(row)))).validation;
    expect(diagnosis[0]?.evidence).toMatch(/^replica 5002: 96 of 96 mismatches.*; replica 5001: 0 of 104/);
    expect(diagnosis[0]?.advice).toContain('restart replica 5002');
  });

  it('calls distances those of an honest node, and names the weights that are as near', () => {
    const input = run(honest);
    const weights = { name: 'NVFP4', repository: null, public_config: null, low: 0.08, high: 0.09, sd: null };
    const other_weights = [{ ...weights, estimate: false, tellable: false }];
    const known = input.known === null ? null : { ...input.known, other_weights };
    const [found] = judge({ ...input, known }).validation.diagnosis;
    expect(found?.code).toBe('honest_cross_hardware');
    expect(found?.evidence).toContain('; as near are NVFP4 weights 0.080–0.090');
    expect(found?.advice).toMatch(/to rule those weights out/);
  });

  it('warns of the replica that is outside the band, or of the spread where there is only one', () => {
    const warned = (received: (row: number) => ArrayLike<number>, changes = {}) =>
      judge(run(received, changes))
        .warnings.filter(({ code }) => code === 'distances_far_outside')
        .map(({ text }) => text);
    expect(warned((row) => (onSecond(row) ? unrelated() : exact(row)))).toEqual([
      expect.stringMatching(/^replica 5002: distances far outside .*; the limit of a mean is 0\.\d+$/),
    ]);
    // A tenth is unrelated: the mean of all is within the limit.
    const [one] = warned((row) => (row % 10 === 3 ? unrelated() : exact(row)), {
      known: { ...judgeInput(golden, exact).known, limit: { mean: 0.3, rule: 'set' } },
    });
    expect(one).toMatch(/; a spread above 0\.\d+ is that of a mixture$/);
  });

  it('says by how much nonces are shifted', () => {
    const { diagnosis } = judge(run((row) => exact(Math.min(row + 1, 199)))).validation;
    expect(diagnosis[0]?.evidence).toContain('always +1 (nonce 0 came with the vector of 1)');
  });

  it('does without the golden vectors where they are not at hand', () => {
    const { diagnosis } = judge(run((row) => exact((row + 1) % 200), { reference: null })).validation;
    expect(diagnosis.map(({ code }) => code)).toEqual(['unrelated_vectors']);
  });

  it('sees no pattern in mismatches that fall by chance', () => {
    const found = Array.from({ length: 150 }, () =>
      judge(run((row) => (random() < 0.1 ? unrelated() : honest(row)))),
    ).flatMap(({ validation }) => validation.diagnosis.map(({ code }) => code));
    expect(found.filter((code) => code === 'batch_composition').length).toBeLessThanOrEqual(1);
    expect(found.filter((code) => code === 'one_bad_replica').length).toBeLessThanOrEqual(1);
    expect(found).not.toContain('known_fraud');
    expect(found).not.toContain('honest_cross_hardware');
  });
});
