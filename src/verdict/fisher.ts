import { logFactorial } from './binomial.js';

/**
 * Fisher's exact test, two-sided: do two mismatch counts out of their totals differ by more than chance? Sums
 * the hypergeometric probabilities of all tables that are no likelier than the observed one.
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

  // Tables as likely as the observed one count. The slack allows for rounding between symmetric tables.
  const limit = logProbability(countA) + 1e-7;
  const [least, most] = [Math.max(0, hits - totalB), Math.min(totalA, hits)];
  const mode = Math.min(
    most,
    Math.max(least, Math.floor(((totalA + 1) * (hits + 1)) / (totalA + totalB + 2))),
  );
  return Math.min(1, tail(least, mode - 1, 1) + tail(most, mode, -1));

  /** The tables on one side of the mode that are no likelier: probabilities only rise towards the mode. */
  function tail(end: number, inner: number, towards: 1 | -1): number {
    // Finds by halving how many tables, counted from the end, are no likelier.
    let [few, many] = [0, towards * (inner - end) + 2];
    while (many - few > 1) {
      const middle = Math.floor((few + many) / 2);
      if (logProbability(end + towards * (middle - 1)) <= limit) few = middle;
      else many = middle;
    }
    // Sums from the likeliest table outwards, until the next terms are too small to matter.
    let sum = 0;
    for (let at = few; at > 0; at--) {
      const value = Math.exp(logProbability(end + towards * (at - 1)));
      sum += value;
      if (value <= sum * 2 ** -60) break;
    }
    return sum;
  }
}
