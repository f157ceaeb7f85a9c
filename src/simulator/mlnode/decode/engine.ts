import { createHash } from 'node:crypto';
import { largest } from '../../../extremes.js';
import { DEFAULT_MAX_TOKENS, POINTS } from '../../../schemes/decode.js';

/** Differences of a decode engine from the one that recorded the references. */
export interface DecodeTraits {
  /** Name of other weights: their chains share nothing with the model's own. */
  weights?: string;
  /** Name of the hardware; engines with the same name choose the second score at the same steps. */
  hardware?: string;
  /** Where the best score leads by less than this, about half of the choices take the second. */
  slip?: number;
  /** An older build, whose check counts steps instead of nonces. */
  pooled?: true;
}

/** The scores of an engine at one step. */
interface Step {
  best: number;
  second: number;
  /** Lead of the best score. */
  margin: number;
  /** The engine's own choice. */
  chosen: number;
}

/** A claimed chain, compared with an engine's own scores step by step. */
export interface CheckedChain {
  nSteps: number;
  /** Number of steps at which the engine would have chosen otherwise. */
  nDiffering: number;
  /** The largest lead of the engine's choice over the claim. */
  largestMargin: number;
  margins: number[];
}

/** Margins of a step are exponential with this mean: a few of 257 steps are near ties. */
const MEAN_MARGIN = 0.15;
/** Scores span two units: a claim that is not a point has the largest possible margin. */
const OUTSIDE = 2;

/**
 * The chain that an engine generates for a nonce: each step depends on all earlier choices.
 *
 * @param key all inputs of the vectors, as a text
 */
export function generateChain(key: string, nonce: number, maxTokens: number, traits: DecodeTraits): number[] {
  const chain: number[] = [];
  let state = firstState(key, nonce, traits);
  for (let step = 0; step <= maxTokens; step++) {
    const { chosen } = stepAt(state, step, traits);
    chain.push(chosen);
    state = nextState(state, chosen);
  }
  return chain;
}

/**
 * Feeds a claimed chain to an engine, step by step, in place of the engine's own choices (teacher-forced).
 */
export function checkChain(
  key: string,
  nonce: number,
  claimed: readonly number[],
  traits: DecodeTraits,
): CheckedChain {
  let state = firstState(key, nonce, traits);
  const margins = claimed.map((claim, index) => {
    const step = stepAt(state, index, traits);
    state = nextState(state, claim);
    return marginOf(step, claim);
  });
  return {
    nSteps: claimed.length,
    nDiffering: margins.filter((margin) => margin > 0).length,
    largestMargin: Math.max(0, largest(margins)),
    margins,
  };
}

/** Number of tokens that a request asks for. */
export function maxTokensOf({ max_tokens }: { max_tokens?: number }): number {
  return max_tokens ?? DEFAULT_MAX_TOKENS;
}

function marginOf({ best, second, margin, chosen }: Step, claim: number): number {
  if (claim === chosen) return 0;
  if (!Number.isInteger(claim) || claim < 0 || claim >= POINTS) return OUTSIDE;
  // A near tie: the claim is the other one of the two best.
  if (claim === best || claim === second) return Math.max(margin, Number.EPSILON);
  return Math.min(OUTSIDE, margin + 0.3);
}

function stepAt(state: number, index: number, { slip = 0, hardware = '' }: DecodeTraits): Step {
  const bits = mix(state ^ 0x9e3779b9);
  const best = bits & 15;
  const second = (best + 1 + (((bits >>> 4) & 0xff) % (POINTS - 1))) & 15;
  const margin = -Math.log(((bits >>> 8) + 0.5) / 2 ** 24) * MEAN_MARGIN;
  const slips = margin < slip && (mix(state ^ textHash(`${hardware} ${index}`)) & 1) === 1;
  return { best, second, margin, chosen: slips ? second : best };
}

function firstState(key: string, nonce: number, { weights = '' }: DecodeTraits): number {
  return textHash(`decode ${weights} ${key} ${nonce}`);
}

function nextState(state: number, chosen: number): number {
  return mix(Math.imul(state, 31) + chosen + 2);
}

/** The finaliser of MurmurHash3: every bit of the result depends on every bit of the value. */
function mix(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

const hashes = new Map<string, number>();

/** 32 bits of a text; the few texts of hardware and steps are hashed only once. */
function textHash(text: string): number {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(text).digest().readUInt32LE(0);
  if (hashes.size < 4096) hashes.set(text, hash);
  return hash;
}
