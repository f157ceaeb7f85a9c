import { comparePair, type MeasuredPair } from '../compare/compare.js';
import { readSources, type Source } from '../compare/sources.js';
import type { Steps } from '../compare/threads.js';
import type { VectorSet } from '../compare/vector-set.js';
import { AssayError } from '../errors.js';
import { type RunFolder, readRunFolder } from '../run/read.js';
import type { Machine } from '../run/report.js';
import { resolveStatTest } from '../run/thresholds.js';
import { machineOfReference } from '../validate/known.js';
import { machineCase } from '../verdict/same-machine.js';
import { isOfChains, readMargins } from './margins.js';
import type { DistanceSample, Measure } from './sample.js';

export interface GatheredSamples {
  measure: Measure;
  /** The model of all of them; null where they do not say it. */
  model: string | null;
  honest: DistanceSample[];
  fraud: DistanceSample[];
}

/**
 * The distances for a calibration. With a reference: those of every source to it. Without one, if all sources
 * are run folders: those that the runs measured to their common reference. Otherwise: those of all pairs of
 * honest recordings, and of each fraud to each honest recording.
 *
 * @param model the model name to use for every file, independent of its content
 * @throws AssayError when the sources cannot be combined
 */
export async function gatherDistances(
  honest: Source[],
  fraud: Source[],
  reference: Source | null,
  steps: Steps,
  model?: string,
): Promise<GatheredSamples> {
  const all = [...honest, ...fraud];
  const runs = await Promise.all(all.filter(isRun).map(({ path }) => readRunFolder(path)));
  if (runs.some(isOfChains)) return await margins(honest, fraud, reference);
  if (reference === null && all.every(isRun)) {
    const samples = recordedDistances(
      all.map(({ path }) => path),
      runs,
    );
    return {
      measure: 'distance',
      model: model ?? runs[0]?.config.model ?? null,
      honest: samples.slice(0, honest.length),
      fraud: samples.slice(honest.length),
    };
  }
  const [honestSets, fraudSets] = await Promise.all([
    readSources(honest, steps, { model }),
    readSources(fraud, steps, { model }),
  ]);
  const measure = async (a: VectorSet, b: VectorSet, label: string): Promise<DistanceSample> => ({
    ...sampleOf(await comparePair(a, b, ANY_GATE, steps), label),
    mayDiffer: machineCase(machineOf(a), machineOf(b)).mayDiffer,
  });
  const own = model ?? modelOf(honestSets);
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
    return {
      measure: 'distance',
      model: own,
      honest: await against(honestSets, goldens),
      fraud: await against(fraudSets, goldens),
    };
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
  return { measure: 'distance', model: own, honest: pairs, fraud: await against(fraudSets, honestSets) };
}

/** The threshold does not matter where only the distances are used. */
const ANY_GATE = resolveStatTest([]).values;

function sampleOf({ nonces, l2 }: MeasuredPair, label: string): DistanceSample {
  return { label, nonces, l2: l2.map((distance) => (Number.isFinite(distance) ? distance : Infinity)) };
}

function machineOf({ parameters }: VectorSet): Machine {
  return machineOfReference(parameters, null);
}

function modelOf(sets: VectorSet[]): string | null {
  const [set] = sets.filter(({ parameters }) => parameters.untold?.includes('model') !== true);
  return set?.parameters.model ?? null;
}

function isRun(source: Source): source is Extract<Source, { kind: 'run' }> {
  return source.kind === 'run';
}

/** Chains have margins, which a run has where a trusted engine checked them. */
async function margins(
  honest: Source[],
  fraud: Source[],
  reference: Source | null,
): Promise<GatheredSamples> {
  const other = [...honest, ...fraud].find((source) => !isRun(source));
  if (other !== undefined || reference !== null) {
    const what = reference !== null ? '--reference' : other?.kind === 'node' ? other.url : other?.path;
    throw new AssayError(`${what}: chains of the decode scheme have margins in run folders alone`, {
      advice: 'give runs whose chains a trusted engine checked (--trusted-url), and nothing else',
    });
  }
  const read = (sources: Source[]) => readMargins(sources.filter(isRun).map(({ path }) => path));
  const [good, bad] = await Promise.all([read(honest), read(fraud)]);
  return { measure: 'margin', model: null, honest: good, fraud: bad };
}

/** The distances that runs measured against one reference, one sample per run. */
function recordedDistances(paths: string[], runs: RunFolder[]): DistanceSample[] {
  const shared = runs[0]?.config.reference.sha256;
  runs.forEach((run, i) => {
    if (run.config.reference.sha256 === shared) return;
    throw new AssayError(`${paths[0]} and ${paths[i]} have different references`, {
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
