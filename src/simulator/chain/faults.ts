/** How the simulated node's proxy misbehaves. A script may change it at any time. */
export interface ProxyFaults {
  /** Delay before every answer, in milliseconds. */
  latencyMs: number;
  /** How many more answers are refused with 503. */
  refuse: number;
  /** How many more answers are an HTML page with status 200. */
  html: number;
  /** Allowed requests per minute above the burst; 0: no limit. */
  perMinute: number;
  burst: number;
  /** Paths (as a regular expression) that always answer 503. */
  broken: string | null;
}

export const noFaults: ProxyFaults = {
  latencyMs: 0,
  refuse: 0,
  html: 0,
  perMinute: 0,
  burst: 200,
  broken: null,
};

/**
 * Limit of the stock proxy: requests above the rate fill a bucket of size `burst`, which drains at the rate.
 * A request that does not fit is refused and not counted.
 */
export function createLimiter(faults: ProxyFaults, now: () => number = Date.now): () => boolean {
  let level = 0;
  let last = now();
  return () => {
    if (faults.perMinute === 0) return true;
    const at = now();
    level = Math.max(0, level - ((at - last) * faults.perMinute) / 60_000);
    last = at;
    if (level + 1 > faults.burst) return false;
    level += 1;
    return true;
  };
}
