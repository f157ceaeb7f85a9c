import { prefill } from './prefill.js';
import type { Scheme, VectorForm } from './scheme.js';

const SCHEMES: readonly Scheme[] = [prefill];

/** The scheme of a form; undefined where its name is not known. */
export function findScheme({ scheme = prefill.name }: Pick<VectorForm, 'scheme'>): Scheme | undefined {
  return SCHEMES.find(({ name }) => name === scheme);
}

/**
 * The scheme of a form that was checked before.
 *
 * @throws RangeError for a scheme that nobody knows, which is a bug here
 */
export function schemeOf(form: Pick<VectorForm, 'scheme'>): Scheme {
  const scheme = findScheme(form);
  if (scheme === undefined) throw new RangeError(`unknown scheme ${form.scheme}`);
  return scheme;
}
