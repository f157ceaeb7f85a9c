import { AssayError } from '../errors.js';
import { schemeOf } from '../schemes/index.js';
import { counted } from '../text/figures.js';
import { type PairedRows, pairRows } from './pair-rows.js';
import type { Parameters, VectorSet } from './vector-set.js';

/** Each of these enters the computation of a vector. If one differs, a comparison means nothing. */
const ESSENTIAL = ['model', 'seq_len', 'block_hash', 'public_key', 'poc_stronger_rng'] as const;

/** Number of values or steps of a vector, and other fields that builds have under more than one name. */
function formOf(parameters: Parameters): [name: string, value: unknown][] {
  const scheme = schemeOf(parameters);
  const length = scheme.rowLength(parameters);
  return scheme.judgedBy === 'engine'
    ? [
        ['max_tokens', length - 1],
        ['route_window', parameters.route_window],
      ]
    : [['k_dim', length]];
}

/** Whether these are chains. Only an engine can say how close they are. */
export function areChains({ parameters }: Pick<VectorSet, 'parameters'>): boolean {
  return schemeOf(parameters).judgedBy === 'engine';
}

/**
 * The rows of two recordings that have the same nonce.
 *
 * @throws AssayError when they are not of the same computation, or have fewer than two common nonces
 */
export function comparableRows(a: VectorSet, b: VectorSet): PairedRows {
  requireComparable(a, b);
  const rows = pairRows(a, b);
  if (rows.aRows.length >= 2) return rows;
  throw new AssayError(
    `${a.label} and ${b.label}: ${counted(rows.aRows.length, 'common nonce')}, at least two are needed`,
    { advice: `record the same nonces on both (they have ${range(a)} and ${range(b)})` },
  );
}

/** @throws AssayError for chains: a distance between chains means nothing */
export function requireDistances(...sets: VectorSet[]): void {
  const chains = sets.find(areChains);
  if (chains === undefined) return;
  throw new AssayError(`${chains.label}: chains of the decode scheme have no distances`, {
    advice: 'let a trusted engine check them: assay validate --reference FILE --trusted-url URL',
  });
}

/** @throws AssayError where some are chains, and some vectors */
export function requireOneScheme(sets: VectorSet[]): void {
  const [first, ...others] = sets;
  const other = others.find((set) => first !== undefined && areChains(set) !== areChains(first));
  if (first === undefined || other === undefined) return;
  const nameOf = ({ parameters }: VectorSet) => schemeOf(parameters).name;
  throw new AssayError(
    `${first.label} is of the ${nameOf(first)} scheme, ${other.label} of the ${nameOf(other)} scheme: they have nothing in common`,
    { advice: 'compare recordings of one scheme' },
  );
}

function requireComparable(a: VectorSet, b: VectorSet): void {
  requireOneScheme([a, b]);
  const untold: string[] = [...(a.parameters.untold ?? []), ...(b.parameters.untold ?? [])];
  const essential = ({ parameters }: VectorSet): [name: string, value: unknown][] => [
    ...ESSENTIAL.map((name): [string, unknown] => [name, parameters[name]]),
    ...formOf(parameters),
  ];
  const right = new Map(essential(b));
  for (const [name, value] of essential(a)) {
    // If a recording does not give a parameter, no difference is known.
    if (untold.includes(name)) continue;
    const other = right.get(name);
    if ((value ?? false) === (other ?? false)) continue;
    throw new AssayError(
      `${a.label} and ${b.label}: ${name} is ${JSON.stringify(value)} in one and ${JSON.stringify(other)} in the other, so their vectors cannot be compared`,
      {
        advice:
          name === 'model'
            ? 'compare recordings of the same model; if it has two names (a quantised repository), give --model MODEL'
            : 'compare recordings of the same model and parameters',
      },
    );
  }
}

function range({ nonces }: VectorSet): string {
  if (nonces.length === 1) return `only nonce ${nonces[0]}`;
  const low = nonces.reduce((x, y) => Math.min(x, y));
  const high = nonces.reduce((x, y) => Math.max(x, y));
  return `${nonces.length} nonces from ${low} to ${high}`;
}
