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
  const [least, most] = [Math.max(0, hits - totalB), Math.min(totalA, hits)];
  const mode = Math.min(
    most,
    Math.max(least, Math.floor(((totalA + 1) * (hits + 1)) / (totalA + totalB + 2))),
  );
  return Math.min(1, tail(least, mode - 1, 1) + tail(most, mode, -1));

  /** The tables of one side of the mode that are no likelier: probabilities only rise towards it. */
  function tail(end: number, inner: number, towards: 1 | -1): number {
    // How many tables from the end on are no likelier than the one seen, by halving.
    let [few, many] = [0, towards * (inner - end) + 2];
    while (many - few > 1) {
      const middle = Math.floor((few + many) / 2);
      if (logProbability(end + towards * (middle - 1)) <= limit) few = middle;
      else many = middle;
    }
    // From the likeliest outwards, until what follows no longer counts.
    let sum = 0;
    for (let at = few; at > 0; at--) {
      const value = Math.exp(logProbability(end + towards * (at - 1)));
      sum += value;
      if (value <= sum * 2 ** -60) break;
    }
    return sum;
  }
}
