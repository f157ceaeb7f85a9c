import ndarray from 'ndarray';
import type { GoldenReference } from '../../src/golden/reference.js';
import type { KnownDistances } from '../../src/models/distances.js';
import type { Observation } from '../../src/run/observation.js';
import { resolveStatTest } from '../../src/run/thresholds.js';
import type { JudgeInput } from '../../src/verdict/input.js';
import { type Judgement, judge } from '../../src/verdict/judge.js';
import { type PairRow, pairRows, type Recording } from '../models/recordings.js';

/** A batch of the request, as assay asks by default. */
const REQUEST_BATCH = 32;
/** Windows of 200 nonces; each begins at a multiple of 32, and places are counted from there. */
const WINDOWS = [0, 224, 448, 672].map((from) => [from, from + 200] as const);

/** What the judge says of one pair, over all nonces or over a window of them. */
export interface PairResult {
  reference: Recording;
  node: Recording;
  /** `whole`, or where the window begins. */
  span: string;
  /** Those that both have. */
  nonces: number[];
  judgement: Judgement;
  strict: Judgement;
}

/** Judges one ordered pair, whole and in windows, over the nonces that both have. */
export function judgePair(reference: Recording, node: Recording, known: KnownDistances | null): PairResult[] {
  const rows = pairRows(reference.golden, node.golden);
  const spans: [string, PairRow[]][] = [
    ['whole', rows],
    ...WINDOWS.filter(([, to]) => to <= rows.length).map(([from, to]): [string, PairRow[]] => [
      String(from),
      rows.slice(from, to),
    ]),
  ];
  return spans.map(([span, own]) => {
    const input = inputOf(own, reference, node, known);
    const judgement = judge(input);
    return {
      reference,
      node,
      span,
      nonces: input.nonces,
      judgement,
      strict: judge({ ...input, strict: true }),
    };
  });
}

function inputOf(
  rows: PairRow[],
  reference: Recording,
  node: Recording,
  known: KnownDistances | null,
): JudgeInput {
  const { labels, golden } = reference;
  const rowOf = new Map(node.golden.nonces.map((nonce, row) => [nonce, row]));
  return {
    model: labels.model,
    nonces: rows.map(({ nonce }) => nonce),
    observations: rows.map((row, index) =>
      observationOf(row, index, node.golden.artifacts[rowOf.get(row.nonce) as number]?.vector_b64 ?? null),
    ),
    unansweredNonces: [],
    coverage: 'spread',
    rotation: null,
    statTest: resolveStatTest([{ source: 'labels.json', values: labels.thresholds }]),
    known,
    superseded: null,
    machine: null,
    selfCheck: null,
    strict: false,
    reference: goldenOf(golden, rows),
    second: null,
    deployMismatch: null,
    warnings: [],
  };
}

/** The measurement that a run would have made of this vector. */
export function observationOf(
  { nonce, l2 }: Pick<PairRow, 'nonce' | 'l2'>,
  index: number,
  vectorBase64: string | null,
  replica: number | null = null,
): Observation {
  return {
    nonce,
    vector_b64: vectorBase64,
    l2,
    cosine_distance: (l2 * l2) / 2,
    mismatch: false,
    why: null,
    replica,
    request: null,
    batch: Math.floor(index / REQUEST_BATCH),
    latency_s: 0,
  };
}

function goldenOf({ vectors }: GoldenReference, rows: PairRow[]): JudgeInput['reference'] {
  const kDim = vectors.shape[1] as number;
  const data = new Float32Array(rows.length * kDim);
  for (const [row, { place }] of rows.entries()) {
    data.set(vectors.data.subarray(place * kDim, (place + 1) * kDim), row * kDim);
  }
  return { nonces: rows.map(({ nonce }) => nonce), vectors: ndarray(data, [rows.length, kDim]) };
}
