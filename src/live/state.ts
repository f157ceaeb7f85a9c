import type { FleetNode } from '../fleet/fleet-file.js';
import type { Doing, NodeResult } from '../fleet/model.js';

/** One run of a node, as far as a trend shows it. */
export interface TrendPoint {
  /** Mean L2 distance; null where the run measured none. */
  mean: number | null;
  verdict: NodeResult['verdict'];
}

/** What is known of a node now. Times are in milliseconds since 1970. */
export interface LiveNode {
  id: string;
  site: string;
  model: string;
  /** Waits for its turn in the round that goes on. */
  isDue: boolean;
  /** null: nothing is being done on it. */
  doing: Doing | null;
  /** When the run under way began; null where there is none. */
  begunAt: number | null;
  /** How long its last run took, in milliseconds; null: no run of it is known. */
  tookMs: number | null;
  /** null: no run of it ended since this command began. */
  last: NodeResult | null;
  /** null: no PASS is known. */
  lastPassAt: number | null;
  /** Its runs, oldest first, at most `TREND` of them. */
  trend: TrendPoint[];
}

/** How many nodes are validated at a time. */
export interface Lanes {
  overall: number;
  sites: ReadonlyMap<string, number>;
}

/** What is known of the fleet now. */
export interface LiveFleet {
  name: string;
  nodes: readonly LiveNode[];
  /** null: nobody here decides it, as where workers take the nodes. */
  lanes: Lanes | null;
  isRoundOn: boolean;
  /** When the next round begins, in milliseconds since 1970, or the earliest it can; null where there is none. */
  nextRoundAt: number | null;
  /** Why no node is begun; null where nothing keeps it. */
  closed: string | null;
  /** Blocks until the next PoC; null where nobody tells. */
  blocksLeft: number | null;
}

export const TREND = 30;

/** What earlier runs of a node tell, oldest first. */
export interface EarlierRuns {
  trend: TrendPoint[];
  lastPassAt: number | null;
  tookMs: number | null;
}

/** The state of a fleet, and who is told of changes. A node that changes is another object, the others stay the same. */
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

  /** @returns ends the listening */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  update(changes: Partial<Omit<LiveFleet, 'nodes' | 'name'>>): void {
    this.#around = { ...this.#around, ...changes };
    this.#tell();
  }

  /** Every node is due. @param nextRoundAt the earliest that the round after it can begin; null: none follows */
  roundBegun(nextRoundAt: number | null): void {
    for (const [at, node] of this.#nodes.entries()) this.#nodes[at] = { ...node, isDue: true };
    this.update({ isRoundOn: true, nextRoundAt });
  }

  roundEnded(nextRoundAt: number | null): void {
    this.update({ isRoundOn: false, nextRoundAt });
  }

  /** The run of a node begins, or is taken by somebody. */
  begun(id: string, now: number): void {
    this.#change(id, () => ({ isDue: false, begunAt: now, doing: { phase: 'begun', progress: null } }));
  }

  /** Does nothing where no run of the node is under way: its last words may come late. */
  doing(id: string, doing: Doing): void {
    this.#change(id, ({ begunAt }) => (begunAt === null ? {} : { doing }));
  }

  /** What a worker elsewhere does on a node that has no result yet; null: none has it, so that it waits. */
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
