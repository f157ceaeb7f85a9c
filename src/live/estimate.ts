import { largest } from '../extremes.js';
import { groupBy } from '../text/group-by.js';
import type { LiveFleet, LiveNode } from './state.js';

/** When due nodes start, and when the round ends; milliseconds since 1970. */
export interface Estimate {
  /** By node id; a node whose start is not known has no entry. */
  startOf: ReadonlyMap<string, number>;
  /** null: not known, or no round is running. */
  endAt: number | null;
}

/**
 * Simulates the queue of due nodes in the fleet's order. Each takes as long as its last run, or the median of
 * the runs of its model. Pure.
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
  // If the duration of one node is not known, no start after it is known.
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
  let last = Math.max(now, largest(known));
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

/** Expected duration of a node's run, as far as runs were measured. */
function expectations(nodes: readonly LiveNode[]): (node: LiveNode) => number | null {
  const times = nodes.flatMap(({ model, tookMs }) => (tookMs === null ? [] : [{ model, tookMs }]));
  const usual = new Map(
    [...groupBy(times, ({ model }) => model)].map(([model, own]) => [
      model,
      median(own.map(({ tookMs }) => tookMs)),
    ]),
  );
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
