import ndarray from 'ndarray';
import { AssayError } from '../errors.js';
import { schemeOf } from '../schemes/index.js';
import { artifactOf, emptyCompared, type Kept, type VectorForm } from '../schemes/scheme.js';
import { counted } from '../text/figures.js';
import { listNonces } from './record-vectors.js';

/** One run of all nonces. */
export interface Round {
  /** By nonce. */
  vectors: ReadonlyMap<number, Kept>;
  /** Port of the replica that computed each nonce, where the node told. */
  replicas: ReadonlyMap<number, number>;
}

/** Ports of the replicas that have computed each nonce in some runs. */
export function computedBy(before: readonly Round[]): Map<number, Set<number>> {
  const ports = new Map<number, Set<number>>();
  for (const { replicas } of before) {
    for (const [nonce, port] of replicas) ports.set(nonce, (ports.get(nonce) ?? new Set()).add(port));
  }
  return ports;
}

/** How much a node's own runs differ. */
export interface Disagreement {
  rounds: number;
  max_l2: number;
  /** Nonces above the limit, in the order of recording. */
  nonces: number[];
  /** How many of them are the first of their batch. */
  at_batch_starts: number;
  /** Ports that computed the nonces, ascending. */
  replicas: number[];
  /**
   * The replica without which the runs agree; null: there is none, or there is only one pair of replicas,
   * which cannot show it.
   */
  differs: number | null;
}

/** Two computations of one nonce whose distance is above the limit. */
interface Apart {
  row: number;
  ports: (number | undefined)[];
}

/**
 * Measures each later run of the nonces against the first.
 *
 * @param rounds one entry per run
 * @param limit L2 distance above which a nonce disagrees
 */
export function disagreementOf(
  rounds: readonly Round[],
  nonces: number[],
  form: VectorForm,
  batchSize: number,
  limit: number,
): Disagreement {
  const [first, ...later] = rounds;
  const rowsOf = rowReader(nonces, form);
  const firstRows = rowsOf(first?.vectors);
  const apart: Apart[] = [];
  /** Replicas that agree with at least one other replica. */
  const agreed = new Set<number | undefined>();
  let most = 0;
  for (const round of later) {
    const compared = emptyCompared(nonces.length);
    schemeOf(form).compare(firstRows, rowsOf(round.vectors), compared);
    compared.l2.forEach((measured, row) => {
      // Chains have no distance: chains that diverge count as an infinite distance.
      const parted = compared.divergence[row] === -1 ? 0 : Number.POSITIVE_INFINITY;
      const distance = Number.isNaN(measured) ? parted : measured;
      most = Math.max(most, distance);
      const nonce = nonces[row] as number;
      const ports = [first, round].map((one) => one?.replicas.get(nonce));
      if (distance > limit) apart.push({ row, ports });
      else if (ports[0] !== ports[1]) for (const port of ports) agreed.add(port);
    });
  }
  const rows = [...new Set(apart.map(({ row }) => row))].sort((a, b) => a - b);
  const replicas = [...new Set(rounds.flatMap((round) => [...round.replicas.values()]))].sort(
    (a, b) => a - b,
  );
  return {
    rounds: rounds.length,
    max_l2: most,
    nonces: rows.map((row) => nonces[row] as number),
    at_batch_starts: rows.filter((row) => row % batchSize === 0).length,
    replicas,
    differs: differing(apart, replicas, agreed),
  };
}

/** The one replica in every disagreement. If only two replicas disagree, it is not known which is wrong. */
function differing(
  apart: Apart[],
  replicas: number[],
  agreed: ReadonlySet<number | undefined>,
): number | null {
  const always = replicas.filter((port) => apart.every(({ ports }) => ports.includes(port)));
  const isAlone = apart.length > 0 && apart.every(({ ports }) => ports[0] === ports[1]);
  if (apart.length === 0 || (replicas.length < 3 && !isAlone)) return null;
  const [only, ...others] = always.length > 1 ? always.filter((port) => !agreed.has(port)) : always;
  return only === undefined || others.length > 0 ? null : only;
}

/** Reads the vectors of a round into rows, in the order of the nonces. */
function rowReader(nonces: number[], form: VectorForm) {
  const scheme = schemeOf(form);
  const length = scheme.rowLength(form);
  return (round: ReadonlyMap<number, Kept> | undefined) => {
    const rows = new Float32Array(nonces.length * length);
    nonces.forEach((nonce, row) => {
      scheme.read(artifactOf(nonce, round?.get(nonce) as Kept), rows, row * length, length);
    });
    return ndarray(rows, [nonces.length, length]);
  };
}

/** Where in a batch the nonces stand, and which replica computed them. */
function whereText({ nonces, at_batch_starts: atStarts, differs, replicas }: Disagreement): string {
  const places = atStarts === nonces.length ? 'all at batch starts' : `${atStarts} of them at batch starts`;
  if (replicas.length < 2) return places;
  return differs === null
    ? `${places}, computed by replicas ${replicas.join(', ')}, and these runs do not show which is wrong`
    : `${places}, each where replica ${differs} computed one of the two`;
}

/** @throws AssayError that names the nonces and the fault of their places in the batch */
export function refuseDisagreement(found: Disagreement, limit: number): void {
  const count = found.nonces.length;
  if (count === 0) return;
  const where = whereText(found);
  const first = listNonces(found.nonces);
  const rounds = `its ${found.rounds} runs`;
  if (isOfChains(found)) {
    throw new AssayError(
      `the node cannot be used as a reference: the chains of ${counted(count, 'nonce')} differ between ${rounds}, ${where} (nonce ${first})`,
      { advice: 'record on an idle node with one replica first, and start over with --force' },
    );
  }
  throw new AssayError(
    `the node cannot be used as a reference: the vectors of ${counted(count, 'nonce')} differ by more than ${limit} between ${rounds}, ${where} (nonce ${first}, largest distance ${found.max_l2.toFixed(4)})`,
    {
      advice:
        'record on an idle node with one replica first, or allow more with --repeat-limit and start over with --force',
    },
  );
}

/** Chains that differ have no distance. */
function isOfChains({ max_l2 }: Disagreement): boolean {
  return max_l2 === Number.POSITIVE_INFINITY;
}
