import type { FleetNode } from '../../fleet/fleet-file.js';
import type { NodeResult } from '../../fleet/model.js';

/** How far a run is, as its events tell. */
export interface Doing {
  phase: string;
  /** Of the phase; null where nothing is counted. */
  progress: { done: number; total: number; unit: string } | null;
}

/** What is known of a node now. */
export interface LiveNode {
  id: string;
  site: string;
  model: string;
  /** null: nothing is being done on it. */
  doing: Doing | null;
  /** null: no run of it ended since the watch began. */
  last: NodeResult | null;
  /** Milliseconds since 1970; null: no PASS is known. */
  lastPassAt: number | null;
  /** Mean L2 distances of its runs, oldest first, at most `TREND` of them; null where a run measured none. */
  trend: { mean: number | null; verdict: NodeResult['verdict'] }[];
}

/** What is known of the fleet now. */
export interface LiveFleet {
  name: string;
  nodes: LiveNode[];
  /** When the next round begins, in milliseconds since 1970; null while one goes on, or where there is none. */
  nextRoundAt: number | null;
  /** Why no node is begun; null where nothing keeps it. */
  closed: string | null;
  /** Blocks until the next PoC; null where nobody tells. */
  blocksLeft: number | null;
}

export const TREND = 30;

/** The state of a fleet, and who is told of changes. */
export class LiveState {
  #fleet: LiveFleet;
  readonly #listeners = new Set<() => void>();

  constructor(name: string, nodes: FleetNode[]) {
    const live = nodes.map(
      ({ id, site, model }): LiveNode => ({
        ...{ id, site, model, doing: null, last: null, lastPassAt: null, trend: [] },
      }),
    );
    this.#fleet = { name, nodes: live, nextRoundAt: null, closed: null, blocksLeft: null };
  }

  get fleet(): LiveFleet {
    return this.#fleet;
  }

  /** @returns ends the listening */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  update(changes: Partial<Omit<LiveFleet, 'nodes'>>): void {
    this.#fleet = { ...this.#fleet, ...changes };
    for (const listener of this.#listeners) listener();
  }

  doing(id: string, doing: Doing | null): void {
    this.#change(id, (node) => ({ ...node, doing }));
  }

  passedBefore(id: string, at: number): void {
    this.#change(id, (node) => ({ ...node, lastPassAt: at }));
  }

  ended(result: NodeResult, now: number): void {
    const point = { mean: result.l2_mean, verdict: result.verdict };
    this.#change(result.id, (node) => ({
      ...node,
      doing: null,
      last: result,
      lastPassAt: result.verdict === 'PASS' ? now : node.lastPassAt,
      trend: [...node.trend, point].slice(-TREND),
    }));
  }

  #change(id: string, changed: (node: LiveNode) => LiveNode): void {
    const nodes = this.#fleet.nodes.map((node) => (node.id === id ? changed(node) : node));
    this.#fleet = { ...this.#fleet, nodes };
    for (const listener of this.#listeners) listener();
  }
}
