import { isSafeNumber, parse } from 'lossless-json';
import { AssayError } from '../errors.js';

/** An integer in an answer: a number, or text where it is large or the node is newer. */
export type WireInteger = number | string;

/** JSON.parse, but a number that a double cannot represent stays text. */
export function parseLossless(text: string): unknown {
  return parse(text, null, { parseNumber: (digits) => (isSafeNumber(digits) ? Number(digits) : digits) });
}

/** A weight or an amount. An absent one is zero, since the chain omits zero fields. */
export function toBigInt(value: WireInteger | null | undefined): bigint {
  return BigInt(value ?? 0);
}

/**
 * A height, an epoch or a count.
 *
 * @throws AssayError above 2^53, which no chain reaches
 */
export function toNumber(value: WireInteger | null | undefined): number {
  const number = Number(value ?? 0);
  if (!Number.isSafeInteger(number))
    throw new AssayError(`the node tells ${value} in place of a height, an epoch or a count`, {
      advice: 'ask another --node',
    });
  return number;
}
