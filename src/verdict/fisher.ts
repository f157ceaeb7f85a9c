import { logFactorial } from './binomial.js';

/**
 * Fisher's exact test, two-sided: are two mismatch counts out of their totals apart by more than chance?
 * Sums the hypergeometric probabilities of all tables that are no likelier than the one seen.
 *
 * @returns the p-value in (0, 1]
 */
export function fisherTwoSided(countA: number, totalA: number, countB: number, totalB: number): number {
  const hits = countA + countB;
  const constant =
    logFactorial(totalA) +
    logFactorial(totalB) +
    logFactorial(hits) +
    logFactorial(totalA + totalB - hits) -
    logFactorial(totalA + totalB);
  const logProbability = (a: number) =>
    constant -
    logFactorial(a) -
    logFactorial(totalA - a) -
    logFactorial(hits - a) -
    logFactorial(totalB - hits + a);

  // Tables as likely as the one seen count; the slack is for rounding between symmetric tables.
  const limit = logProbability(countA) + 1e-7;
  let sum = 0;
  for (let a = Math.max(0, hits - totalB); a <= Math.min(totalA, hits); a++) {
    const value = logProbability(a);
    if (value <= limit) sum += Math.exp(value);
  }
  return Math.min(1, sum);
}
