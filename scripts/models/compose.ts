import type { GoldenReference } from '../../src/golden/reference.js';
import { honestBand, limitOf } from '../../src/models/distances.js';
import type { KnownPair, KnownReference, ModelFile } from '../../src/models/model-file.js';
import { vectorsSha256 } from '../../src/schemes/vectors-sha256.js';
import { batchIn, hardwareOf } from '../../src/text/hardware.js';
import { summarise } from '../../src/vectors/summary.js';
import { type Published, SUPERSEDED } from './published.js';
import { comparable, differencesOf, type PairRow, pairRows, type Recording } from './recordings.js';

const RECORDED_BY = 'computed from kaitakuai/experiments at 276b60d (Apache-2.0)';

type Goldens = Map<string, GoldenReference>;

/** The file of one model: the published figures, and those computed from recordings and references. */
export function modelFileOf(published: Published, recordings: Recording[], goldens: Goldens): ModelFile {
  const { recorded_weights: named = [], ...known } = published;
  const own = recordings.filter(({ labels }) => labels.model === published.model);
  const honest = [...honestPairs(own), ...goldenPairs(published.model, goldens), ...known.honest];
  const otherWeights = [
    ...named.map(({ matches, name, repository }) => ({
      name,
      repository,
      distances: fraudPairs(
        own,
        own.filter((one) => one.name.includes(matches)),
      ),
    })),
    ...known.other_weights,
  ].filter(({ distances }) => distances.length > 0);
  const band = honestBand(honest);
  const old = superseded(published.model, goldens);
  const limit = band === null ? null : limitOf(band.high, otherWeights);
  return {
    schema_version: 1,
    ...known,
    limit: limit === null ? null : { ...limit, mean: figure(limit.mean) },
    honest,
    other_weights: otherWeights,
    references: references(published.model, goldens),
    ...(old.length > 0 && { superseded: old }),
  };
}

/** Every pair of honest recordings of one model that were asked the same. */
export function honestPairs(recordings: Recording[]): KnownPair[] {
  const honest = recordings.filter(({ label }) => label.label === 'honest');
  return honest.flatMap((a, index) =>
    honest
      .slice(index + 1)
      .filter((b) => comparable(a, b))
      .map((b) => pairOf(a, b, differencesOf(a, b))),
  );
}

/** Every honest recording with every one of other weights. */
export function fraudPairs(recordings: Recording[], frauds: Recording[]): KnownPair[] {
  return recordings
    .filter(({ label }) => label.label === 'honest')
    .flatMap((a) => frauds.filter((b) => comparable(a, b)).map((b) => pairOf(a, b, ['weights'])));
}

function pairOf(a: Recording, b: Recording, differs: KnownPair['differs']): KnownPair {
  const heads = a.label.heads ?? b.label.heads;
  const faulty = a.label.heads === undefined ? b : a;
  const rows = pairRows(faulty.golden, (faulty === a ? b : a).golden);
  return {
    between: [a.name, b.name],
    differs,
    ...figuresOf(rows, heads, a.labels.thresholds.dist_threshold),
    source: RECORDED_BY,
    ...(b.settings.date !== undefined && { date: b.settings.date }),
  };
}

function figuresOf(rows: PairRow[], heads: { period: number; count: number } | undefined, threshold: number) {
  const used = heads === undefined ? rows : rows.filter(({ place }) => place % heads.period >= heads.count);
  const l2 = summarise(used.map((row) => row.l2));
  if (l2 === null) throw new Error('no common nonces');
  return {
    n: used.length,
    mean: figure(l2.mean),
    sd: figure(l2.sd),
    median: figure(l2.p50),
    p98: figure(l2.p98),
    beyond: { threshold, share: figure(used.filter((row) => row.l2 > threshold).length / used.length) },
    ...(heads !== undefined && { without_heads: { period: heads.period, heads: heads.count } }),
  };
}

/** The two references of GLM were recorded with the same nonces: one more honest pair, without the heads of the older. */
function goldenPairs(model: string, goldens: Goldens): KnownPair[] {
  return SUPERSEDED.filter((one) => one.model === model).flatMap(({ file, successor }) => {
    const [old, current] = [goldens.get(file), goldens.get(successor)];
    if (old === undefined || current === undefined) return [];
    const threshold = current.file.dist_threshold ?? 1;
    return [
      {
        between: [successor, file] as [string, string],
        differs: ['batch', 'build'] as KnownPair['differs'],
        ...figuresOf(pairRows(old, current), { period: 16, count: 1 }, threshold),
        source: 'computed from the published references (gonka-ai/gonka)',
        date: '2026-09-14',
      },
    ];
  });
}

function references(model: string, goldens: Goldens): KnownReference[] {
  const old = new Set(SUPERSEDED.map(({ file }) => file));
  return [...goldens]
    .filter(([name, { file }]) => file.model === model && !old.has(name))
    .map(([name, golden]) => ({ name, ...machineOf(golden), vectors_sha256: shaOf(golden) }));
}

function superseded(model: string, goldens: Goldens): NonNullable<ModelFile['superseded']> {
  return SUPERSEDED.filter((one) => one.model === model).flatMap(({ file, reason, successor }) => {
    const golden = goldens.get(file);
    return golden === undefined ? [] : [{ vectors_sha256: shaOf(golden), name: file, reason, successor }];
  });
}

function machineOf({ file }: GoldenReference): Partial<KnownReference> {
  const source = file.source ?? '';
  const { gpu, count, tp, pp } = hardwareOf(source);
  const batch = file.collection_batch_size ?? batchIn(source);
  const build = /(?:recorded against |, )(vLLM .*)$/.exec(source)?.[1];
  return {
    ...(gpu !== undefined && { gpu }),
    ...(count !== undefined && { gpu_count: count }),
    ...(tp !== undefined && { tp }),
    ...(pp !== undefined && { pp }),
    ...(build !== undefined && { build }),
    ...(batch !== null && { batch }),
    ...(file.generated_at !== undefined && { recorded_at: file.generated_at.slice(0, 10) }),
  };
}

function shaOf({ artifacts }: GoldenReference): string {
  return vectorsSha256(artifacts);
}

/** Five digits are more than any of these distances is known to. */
function figure(value: number): number {
  return Number(value.toPrecision(5));
}
