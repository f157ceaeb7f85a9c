/**
 * The binomial distribution to full double precision. A probability is computed by the saddle-point form of
 * C. Loader, "Fast and accurate computation of binomial probabilities" (2000), which has no cancellation;
 * a tail is summed from its largest term by the ratio of neighbours, in constant memory.
 */

/** ln(n!) − (n + ½)·ln n + n − ½·ln 2π for n = 0 … 15, where the series below is too short. */
const STIRLING_ERRORS = [
  0, 0.08106146679532726, 0.0413406959554093, 0.02767792568499834, 0.020790672103765093, 0.016644691189821193,
  0.013876128823070748, 0.01189670994589177, 0.010411265261972096, 0.009255462182712733, 0.008330563433362864,
  0.007573675487951841, 0.006942840107209549, 0.006408994188004207, 0.0059513701127588475,
  0.005554733551962801,
];

/**
 * P(X ≥ k) for X ~ Binomial(n, p).
 *
 * @param k count, 0 … n (outside, the tail is 1 or 0)
 * @param n number of trials, an integer ≥ 0
 * @param p probability of one, 0 … 1
 */
export function upperTail(k: number, n: number, p: number): number {
  return tailFrom(k, n, p, 1 - p);
}

/** P(X ≤ k) for X ~ Binomial(n, p). */
export function lowerTail(k: number, n: number, p: number): number {
  return tailFrom(n - k, n, 1 - p, p);
}

/** P(X ≥ k). q = 1 − p is passed separately, so that a very small p or q loses no digits. */
function tailFrom(k: number, n: number, p: number, q: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  // Sums the tail away from the mean. The other tail is 1 minus that sum.
  if (k > n * p) return Math.min(1, sumUpward(k, n, p, q));
  return Math.max(0, 1 - sumUpward(n - k + 1, n, q, p));
}

function sumUpward(k: number, n: number, p: number, q: number): number {
  const first = probability(k, n, p, q);
  let term = 1;
  let sum = 1;
  for (let j = k; j < n && term > sum * Number.EPSILON * 2 ** -8; j++) {
    term *= ((n - j) / (j + 1)) * (p / q);
    sum += term;
  }
  return first * sum;
}

/** P(X = k) for X ~ Binomial(n, p), q = 1 − p. */
function probability(k: number, n: number, p: number, q: number): number {
  if (p === 0) return k === 0 ? 1 : 0;
  if (q === 0) return k === n ? 1 : 0;
  if (k === 0) return Math.exp(p < 0.1 ? n * Math.log1p(-p) : n * Math.log(q));
  if (k === n) return q < 0.1 ? Math.exp(n * Math.log1p(-q)) : p ** n;
  const exponent =
    stirlingError(n) - stirlingError(k) - stirlingError(n - k) - deviance(k, n * p) - deviance(n - k, n * q);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
}

/** The error of Stirling's formula for ln n!. */
function stirlingError(n: number): number {
  if (n < STIRLING_ERRORS.length) return STIRLING_ERRORS[n] as number;
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
}

/** x·ln(x/m) + m − x, without cancellation where x is near m. */
function deviance(x: number, m: number): number {
  const difference = x - m;
  const sum = x + m;
  if (Math.abs(difference) >= 0.1 * sum) return x * Math.log(x / m) - difference;
  const ratio = difference / sum;
  const ratioSquare = ratio * ratio;
  let total = difference * ratio;
  let power = 2 * x * ratio;
  // The ratio is below 0.1, so a few dozen terms reach the precision of a double.
  for (let j = 1; j < 100; j++) {
    power *= ratioSquare;
    const next = total + power / (2 * j + 1);
    if (next === total) return total;
    total = next;
  }
  return total;
}

/** ln n! to full precision, for an integer n ≥ 0. */
export function logFactorial(n: number): number {
  if (n < 2) return 0;
  return stirlingError(n) + (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI);
}
