import { decode, isDecode, type SchemeNames } from './decode.js';
import { prefill } from './prefill.js';
import type { Scheme } from './scheme.js';

const SCHEMES: readonly Scheme[] = [prefill, decode];

/** The scheme of a form; undefined where its name is not known. */
export function findScheme(form: SchemeNames): Scheme | undefined {
  const wanted = form.scheme ?? (isDecode(form) ? decode.name : prefill.name);
  return SCHEMES.find(({ name }) => name === wanted);
}

/**
 * The scheme of a form that was checked before.
 *
 * @throws RangeError for an unknown scheme, which is a bug here
 */
export function schemeOf(form: SchemeNames): Scheme {
  const scheme = findScheme(form);
  if (scheme === undefined) throw new RangeError(`unknown scheme ${form.scheme}`);
  return scheme;
}
