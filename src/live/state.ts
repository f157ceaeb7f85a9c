import type { FleetNode } from '../fleet/fleet-file.js';
import type { Doing, NodeResult } from '../fleet/model.js';

/** One run of a node, with the figures of a trend. */
export interface TrendPoint {
  /** Mean L2 distance; null if the run measured none. */
  mean: number | null;
  verdict: NodeResult['verdict'];
}

/** The current state of a node. Times are in milliseconds since 1970. */
export interface LiveNode {
  id: string;
  site: string;
  model: string;
  /** The node waits for its turn in the current round. */
  isDue: boolean;
  /** null: no run of it is in progress. */
  doing: Doing | null;
  /** Start of the current run; null if there is none. */
  begunAt: number | null;
  /** Duration of its last run, in milliseconds; null: no run of it is known. */
  tookMs: number | null;
  /** null: no run of it has ended since this command began. */
  last: NodeResult | null;
  /** null: no PASS is known. */
  lastPassAt: number | null;
  /** Its runs, oldest first, at most `TREND` of them. */
  trend: TrendPoint[];
}

/** Limits for nodes that are validated at the same time. */
export interface Lanes {
  overall: number;
  sites: ReadonlyMap<string, number>;
}

/** The current state of the fleet. */
export interface LiveFleet {
  name: string;
  nodes: readonly LiveNode[];
  /** null: this command does not decide it, since workers take the nodes. */
  lanes: Lanes | null;
  isRoundOn: boolean;
  /**
   * Start of the next round, or the earliest possible one, in milliseconds since 1970; null if there is none.
   */
  nextRoundAt: number | null;
  /** Why no node may start; null if nothing prevents it. */
  closed: string | null;
  /** Blocks until the next PoC; null: not known. */
  blocksLeft: number | null;
}

export const TREND = 30;

/** The trend from earlier runs of a node, oldest first. */
export interface EarlierRuns {
  trend: TrendPoint[];
  lastPassAt: number | null;
  tookMs: number | null;
}

/**
 * The state of a fleet, and the listeners to its changes. A changed node is a new object; the others stay the
 * same.
 */
export class LiveState {
  #around: Omit<LiveFleet, 'nodes'>;
  readonly #nodes: LiveNode[];
  readonly #places: ReadonlyMap<string, number>;
  readonly #listeners = new Set<() => void>();

  constructor(name: string, nodes: FleetNode[], lanes: Lanes | null = null) {
    this.#nodes = nodes.map(({ id, site, model }) => ({
      ...{ id, site, model, isDue: false, doing: null, begunAt: null, tookMs: null },
      ...{ last: null, lastPassAt: null, trend: [] },
    }));
    this.#places = new Map(nodes.map(({ id }, at) => [id, at]));
    this.#around = { name, lanes, isRoundOn: false, nextRoundAt: null, closed: null, blocksLeft: null };
  }

  get fleet(): LiveFleet {
    return { ...this.#around, nodes: this.#nodes };
  }

  /** @returns removes the listener */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  update(changes: Partial<Omit<LiveFleet, 'nodes' | 'name'>>): void {
    this.#around = { ...this.#around, ...changes };
    this.#tell();
  }

  /**
   * Every node is due. @param nextRoundAt the earliest start of the round after this one; null: there is none
   */
  roundBegun(nextRoundAt: number | null): void {
    for (const [at, node] of this.#nodes.entries()) this.#nodes[at] = { ...node, isDue: true };
    this.update({ isRoundOn: true, nextRoundAt });
  }

  roundEnded(nextRoundAt: number | null): void {
    this.update({ isRoundOn: false, nextRoundAt });
  }

  /** The run of a node begins, or a worker takes its job. */
  begun(id: string, now: number): void {
    this.#change(id, () => ({ isDue: false, begunAt: now, doing: { phase: 'begun', progress: null } }));
  }

  /** Does nothing if no run of the node is in progress: its last event may come late. */
  doing(id: string, doing: Doing): void {
    this.#change(id, ({ begunAt }) => (begunAt === null ? {} : { doing }));
  }

  /** Progress of a remote worker on a node without a result; null: no worker has its job, so it waits. */
  worked(id: string, doing: Doing | null, now: number): void {
    this.#change(id, (node) =>
      doing === null
        ? { isDue: true, begunAt: null, doing: null }
        : { isDue: false, begunAt: node.begunAt ?? now, doing },
    );
  }

  knownBefore(id: string, { trend, lastPassAt, tookMs }: EarlierRuns): void {
    this.#change(id, (node) => ({
      trend: [...trend, ...node.trend].slice(-TREND),
      lastPassAt: node.lastPassAt ?? lastPassAt,
      tookMs: node.tookMs ?? tookMs,
    }));
  }

  ended(result: NodeResult, now: number): void {
    const point = { mean: result.l2_mean, verdict: result.verdict };
    this.#change(result.id, (node) => ({
      ...{ isDue: false, doing: null, begunAt: null, last: result },
      tookMs: result.duration_s === null ? node.tookMs : 1000 * result.duration_s,
      lastPassAt: result.verdict === 'PASS' ? now : node.lastPassAt,
      trend: [...node.trend, point].slice(-TREND),
    }));
  }

  #change(id: string, changes: (node: LiveNode) => Partial<LiveNode>): void {
    const at = this.#places.get(id);
    const node = at === undefined ? undefined : this.#nodes[at];
    if (at === undefined || node === undefined) return;
    this.#nodes[at] = { ...node, ...changes(node) };
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
