import type { Scheme, VectorForm } from './scheme.js';

/** Tokens that a build generates where no number is given. */
export const DEFAULT_MAX_TOKENS = 256;
/** Points from which a step chooses. */
export const POINTS = 16;
/** The value of a step whose scores were not finite. */
const NOT_FINITE = -1;

/**
 * A chain of `max_tokens + 1` chosen points per nonce, 0 … 15 each. Chains that differ in one step have
 * nothing in common after it. Only an engine that has the model loaded can say how close a choice was, so
 * this code measures only where two chains diverge.
 */
export const decode: Scheme = {
  name: 'decode',
  judgedBy: 'engine',

  refusal(form) {
    const { decode_max_tokens, max_tokens, k_dim, decode: flag } = form;
    if (flag === false) return 'its scheme is decode, but decode is false';
    if (k_dim !== undefined) return 'a decode reference must not have k_dim';
    if (decode_max_tokens === undefined || max_tokens === undefined || decode_max_tokens === max_tokens)
      return null;
    return `decode_max_tokens is ${decode_max_tokens}, but max_tokens ${max_tokens}`;
  },

  rowLength: (form) => maxTokensOf(form) + 1,

  requestParams(form) {
    const { scheme, route_window } = form;
    return {
      decode: true,
      max_tokens: maxTokensOf(form),
      ...(scheme !== undefined && { scheme }),
      ...(route_window !== undefined && { route_window }),
    };
  },

  encoding: () => undefined,

  read({ vector_b64: text, k_points_steps: steps }, out, offset, length) {
    if (!Array.isArray(steps)) {
      return typeof text === 'string' && text !== ''
        ? {
            finding: 'prefill_only',
            detail: 'a vector in place of k_points_steps',
            text: text.slice(0, 200),
          }
        : { finding: 'undecodable', detail: 'k_points_steps are missing' };
    }
    if (steps.length !== length) {
      return {
        finding: 'dimension',
        detail: `k_points_steps hold ${steps.length} steps where ${length} are needed`,
      };
    }
    const known = steps.every((step) => Number.isInteger(step) && step >= NOT_FINITE && step < POINTS);
    if (!known)
      return { finding: 'undecodable', detail: `k_points_steps hold a step outside 0 … ${POINTS - 1}` };
    out.set(steps, offset);
    if (steps.includes(NOT_FINITE))
      return { finding: 'non_finite', detail: 'the chain holds a step without a finite score' };
    return { finding: 'vector', detail: '' };
  },

  write: (row) => ({ vector_b64: '', k_points_steps: Array.from(row) }),

  compare(a, b, { divergence }) {
    const [rows, length] = a.shape as [number, number];
    for (let row = 0; row < rows; row++) {
      let step = 0;
      while (step < length && a.get(row, step) === b.get(row, step)) step++;
      divergence[row] = step === length ? -1 : step;
    }
  },

  oddity: () => null,
};

/** The fields of a form that determine its scheme. */
export type SchemeNames = Pick<VectorForm, 'scheme' | 'decode' | 'decode_max_tokens'>;

/** Whether a form is of the decode scheme, by any of the names that builds have for it. */
export function isDecode({ scheme, decode: flag, decode_max_tokens: tokens }: SchemeNames): boolean {
  if (scheme !== undefined) return scheme === decode.name;
  return flag ?? tokens !== undefined;
}

function maxTokensOf({ decode_max_tokens, max_tokens }: VectorForm): number {
  return decode_max_tokens ?? max_tokens ?? DEFAULT_MAX_TOKENS;
}
