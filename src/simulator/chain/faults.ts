/** How the simulated node's proxy misbehaves. A script may change it at any time. */
export interface ProxyFaults {
  /** Time before every answer. */
  latencyMs: number;
  /** Answers still to be refused with 503. */
  refuse: number;
  /** Answers still to be an HTML page with status 200. */
  html: number;
  /** Requests a minute beyond the burst; 0 for no limit. */
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
 * The stock proxy's limit: requests beyond the rate fill a bucket of `burst`, which drains at the rate; what
 * overflows is refused and does not count.
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
