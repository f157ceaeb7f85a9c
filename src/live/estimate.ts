import type { LiveFleet, LiveNode } from './state.js';

/** When what is due begins, and when the round is over; milliseconds since 1970. */
export interface Estimate {
  /** By the node's id; a node whose start nobody can tell has none. */
  startOf: ReadonlyMap<string, number>;
  /** null: nobody can tell, or nothing is under way. */
  endAt: number | null;
}

/**
 * Works through the nodes that are due as the fleet will, each as long as its last run took, or as long as those of its
 * model took by the median. Pure.
 */
export function estimateOf({ nodes, lanes }: LiveFleet, now: number): Estimate {
  const expected = expectations(nodes);
  const underWay = nodes.filter(({ begunAt }) => begunAt !== null);
  const endOf = (node: LiveNode) => {
    const takes = expected(node);
    return takes === null ? null : Math.max(now, (node.begunAt as number) + takes);
  };
  const due = nodes.filter(({ isDue }) => isDue);
  const ends = underWay.map(endOf);
  const known = ends.filter((end) => end !== null);
  // One of which nothing is known leaves everything open that comes after it.
  if (known.length < ends.length || due.some((node) => expected(node) === null)) {
    return { startOf: new Map(), endAt: null };
  }
  const free = (most: number, at: number[]) => [...at, ...spare(most - at.length, now)];
  const overall = free(lanes?.overall ?? Math.max(1, underWay.length), known);
  const sites = new Map<string, number[]>();
  for (const { site } of nodes) {
    if (sites.has(site)) continue;
    const own = underWay.filter((node) => node.site === site);
    sites.set(site, free(lanes?.sites.get(site) ?? Math.max(1, own.length), own.map(endOf) as number[]));
  }
  const startOf = new Map<string, number>();
  let last = Math.max(now, ...known);
  for (const node of due) {
    const atSite = sites.get(node.site) as number[];
    const [one, other] = [earliest(overall), earliest(atSite)];
    const start = Math.max(overall[one] as number, atSite[other] as number);
    const end = start + (expected(node) as number);
    overall[one] = end;
    atSite[other] = end;
    startOf.set(node.id, start);
    last = Math.max(last, end);
  }
  return { startOf, endAt: due.length + known.length === 0 ? null : last };
}

/** How long a run of a node takes, as far as runs were measured. */
function expectations(nodes: readonly LiveNode[]): (node: LiveNode) => number | null {
  const byModel = new Map<string, number[]>();
  for (const { model, tookMs } of nodes) {
    if (tookMs === null) continue;
    const own = byModel.get(model);
    if (own === undefined) byModel.set(model, [tookMs]);
    else own.push(tookMs);
  }
  const usual = new Map([...byModel].map(([model, times]) => [model, median(times)]));
  return ({ model, tookMs }) => tookMs ?? usual.get(model) ?? null;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

function spare(count: number, now: number): number[] {
  return new Array<number>(Math.max(0, count)).fill(now);
}

function earliest(times: number[]): number {
  let best = 0;
  for (let at = 1; at < times.length; at++) {
    if ((times[at] as number) < (times[best] as number)) best = at;
  }
  return best;
}
