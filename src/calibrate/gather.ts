import { comparePair, type MeasuredPair } from '../compare/compare.js';
import { readSources, type Source } from '../compare/sources.js';
import type { Steps } from '../compare/threads.js';
import type { VectorSet } from '../compare/vector-set.js';
import { AssayError } from '../errors.js';
import { readRunFolder } from '../run/read.js';
import { resolveStatTest } from '../run/thresholds.js';
import type { DistanceSample } from './sample.js';

export interface GatheredSamples {
  honest: DistanceSample[];
  fraud: DistanceSample[];
}

/**
 * The distances to calibrate from. Against a reference: those of every source to it. Without one, and with run
 * folders alone: those that the runs measured to the reference they share. Otherwise: those of all pairs of
 * honest recordings, and of each fraud to each honest one.
 *
 * @param model what to call the model of every file, whatever it says
 * @throws AssayError when the sources do not go together
 */
export async function gatherDistances(
  honest: Source[],
  fraud: Source[],
  reference: Source | null,
  steps: Steps,
  model?: string,
): Promise<GatheredSamples> {
  const all = [...honest, ...fraud];
  if (reference === null && all.every(isRun)) {
    const samples = await recordedDistances(all.map(({ path }) => path));
    return { honest: samples.slice(0, honest.length), fraud: samples.slice(honest.length) };
  }
  const [honestSets, fraudSets] = await Promise.all([
    readSources(honest, steps, { model }),
    readSources(fraud, steps, { model }),
  ]);
  const measure = async (a: VectorSet, b: VectorSet, label: string) =>
    sampleOf(await comparePair(a, b, ANY_GATE, steps), label);
  const against = async (sets: VectorSet[], goldens: VectorSet[]) => {
    const samples: DistanceSample[] = [];
    for (const golden of goldens) {
      for (const set of sets) {
        samples.push(
          await measure(golden, set, reference === null ? `${golden.label} – ${set.label}` : set.label),
        );
      }
    }
    return samples;
  };

  if (reference !== null) {
    const goldens = await readSources([reference], steps, { model });
    return { honest: await against(honestSets, goldens), fraud: await against(fraudSets, goldens) };
  }
  if (honestSets.length < 2) {
    throw new AssayError('one honest recording has no distances', {
      advice: 'give more recordings, or a reference with --reference FILE',
    });
  }
  const pairs: DistanceSample[] = [];
  for (const [i, a] of honestSets.entries()) {
    for (const b of honestSets.slice(i + 1)) pairs.push(await measure(a, b, `${a.label} – ${b.label}`));
  }
  return { honest: pairs, fraud: await against(fraudSets, honestSets) };
}

/** The threshold does not matter where only the distances are taken. */
const ANY_GATE = resolveStatTest([]).values;

function sampleOf({ nonces, l2 }: MeasuredPair, label: string): DistanceSample {
  return { label, nonces, l2: l2.map((distance) => (Number.isFinite(distance) ? distance : Infinity)) };
}

function isRun(source: Source): source is Extract<Source, { kind: 'run' }> {
  return source.kind === 'run';
}

/** What runs against one reference measured, a sample each. */
async function recordedDistances(paths: string[]): Promise<DistanceSample[]> {
  const runs = await Promise.all(paths.map(readRunFolder));
  const shared = runs[0]?.config.reference.sha256;
  runs.forEach((run, i) => {
    if (run.config.reference.sha256 === shared) return;
    throw new AssayError(`${paths[0]} and ${paths[i]}have different references`, {
      advice: 'give one reference for all of them with --reference FILE',
    });
  });
  return runs.map(({ observations }, i): DistanceSample => {
    if (observations.length === 0) throw new AssayError(`run ${paths[i]}: no observations`);
    return {
      label: paths[i] as string,
      nonces: observations.map(({ nonce }) => nonce),
      l2: observations.map(({ l2 }) => l2 ?? Infinity),
    };
  });
}
