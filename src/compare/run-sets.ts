import { AssayError } from '../errors.js';
import type { Observation } from '../run/observation.js';
import { type RunFolder, readRunFolder } from '../run/read.js';
import { schemeOf } from '../schemes/index.js';
import { type Parameters, shared, type VectorSet } from './vector-set.js';

/**
 * The vectors that a validation run received. If a run asked every replica for every nonce, it has one
 * recording per replica and is split into them.
 *
 * @throws AssayError when a nonce was answered twice with different vectors
 */
export async function readRunSets(folder: string): Promise<VectorSet[]> {
  const run = await readRunFolder(folder);
  if (run.observations.length === 0) {
    throw new AssayError(`run ${folder}: no observations`, {
      advice: 'give a run that got to its probe phase',
    });
  }
  const parameters = parametersOf(run);
  if (!askedEveryReplica(run.observations)) return [setOf(folder, parameters, run.observations)];
  const replicas = [...new Set(run.observations.map(({ replica }) => replica))];
  return replicas.map((replica) =>
    setOf(
      `${folder} replica ${replica ?? 'unknown'}`,
      parameters,
      run.observations.filter((observation) => observation.replica === replica),
    ),
  );
}

function parametersOf({ config }: RunFolder): Parameters {
  const { poc_stronger_rng, ...params } = config.poc_params;
  return {
    ...params,
    ...(poc_stronger_rng != null && { poc_stronger_rng }),
    stat_test: config.stat_test.values,
  };
}

function askedEveryReplica(observations: Observation[]): boolean {
  const replicaOf = new Map<number, number | null>();
  return observations.some(({ nonce, replica }) => {
    const known = replicaOf.get(nonce);
    replicaOf.set(nonce, replica);
    return known !== undefined && known !== replica;
  });
}

/** A vector that cannot be decoded is a row of NaN: it counts against the node and has no distance. */
function setOf(label: string, parameters: Parameters, observations: Observation[]): VectorSet {
  const byNonce = new Map<number, Observation>();
  for (const observation of observations) {
    const { nonce } = observation;
    const before = byNonce.get(nonce);
    if (before !== undefined && !sameVector(before, observation)) {
      throw new AssayError(`run ${label}: nonce ${nonce}: two different vectors`);
    }
    byNonce.set(nonce, observation);
  }
  const scheme = schemeOf(parameters);
  const length = scheme.rowLength(parameters);
  const vectors = new Float32Array(byNonce.size * length).fill(Number.NaN);
  let row = 0;
  for (const observation of byNonce.values()) {
    scheme.read(observation, vectors, row * length, length);
    row++;
  }
  return { label, parameters, ...shared([...byNonce.keys()], vectors) };
}

function sameVector(a: Observation, b: Observation): boolean {
  return a.vector_b64 === b.vector_b64 && `${a.k_points_steps}` === `${b.k_points_steps}`;
}
