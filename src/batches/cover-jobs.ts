import type { JobSource } from './job-source.js';
import type { Batch } from './plan.js';
import { Turns } from './turns.js';

/**
 * Limit of all requests, as a multiple of the batches of the plan or of those that the replicas have to
 * answer, if more.
 */
const REQUESTS_PER_BATCH = 3;
/** A replica that answered nothing and lost so many batches gets no further ones. */
const LOST_BY_ONE = 6;

/** The batches that one replica has answered or is working on. */
interface Share {
  batches: Set<Batch>;
  nonces: number;
  lost: number;
}

/**
 * Each batch once over all replicas, then further ones until every replica in rotation has at least one full
 * batch and `enough` nonces. The node chooses the replica of a batch, so further batches may need several
 * requests. The limit of all requests is three for each batch of the plan, or three for each batch that the
 * replicas have to answer, whichever is more.
 *
 * @param batches the plan, the first one of full size
 * @param enough nonces that each replica has to answer
 * @param measured the results of an earlier part of the run
 */
export function coverJobs(
  batches: Batch[],
  enough: number,
  measured: { batch: Batch; replica: number | null }[] = [],
): JobSource {
  return new CoverJobs(batches, enough, measured);
}

class CoverJobs implements JobSource {
  readonly #batches: Batch[];
  readonly #enough: number;
  readonly #todo: Batch[];
  readonly #turns = new Turns();
  readonly #shares = new Map<number, Share>();
  /** In rotation now, ascending. */
  #ports: number[] = [];
  /** In rotation in any poll. */
  readonly #seen = new Set<number>();
  /** Requests whose replica is not known yet, with the expected replica. */
  readonly #unplaced: { batch: Batch; port: number | undefined }[] = [];
  #asked = 0;
  /** An answer arrived that names no replica: then no replica can be asked for more. */
  #isNameless = false;

  constructor(batches: Batch[], enough: number, measured: { batch: Batch; replica: number | null }[]) {
    this.#batches = batches;
    this.#enough = enough;
    const done = new Set(measured.map(({ batch }) => batch));
    this.#todo = batches.filter((batch) => !done.has(batch));
    for (const { batch, replica } of measured) this.#take(batch, replica);
  }

  inRotation(ports: number[]): void {
    this.#ports = ports;
    for (const port of ports) this.#seen.add(port);
    this.#turns.inRotation(ports);
  }

  isWaiting(): boolean {
    return (
      this.#mayAskFurther() &&
      [...this.#seen].some((port) => !this.#ports.includes(port) && this.#missing(port) > 0)
    );
  }

  next(): Batch | undefined {
    const batch = this.#todo.shift() ?? this.#further();
    if (batch === undefined) return undefined;
    this.#unplaced.push({ batch, port: this.#turns.next(this.#unplaced.length) });
    this.#asked++;
    return batch;
  }

  placed(batch: Batch, replica: number | null): boolean {
    this.#arrived(batch);
    if (replica === null) {
      this.#isNameless = true;
      return true;
    }
    this.#turns.took(replica);
    if (this.#shareOf(replica).batches.has(batch)) return false;
    this.#take(batch, replica);
    return true;
  }

  nameOf({ index }: Batch): string {
    // The node chooses the replica on which the batch failed.
    return String(index);
  }

  giveBack(batch: Batch, replica: number | null): void {
    this.#drop(batch, replica);
    if (!this.#isHad(batch)) this.#todo.unshift(batch);
  }

  giveUp(batch: Batch, replica: number | null): void {
    this.#drop(batch, replica);
  }

  #take(batch: Batch, replica: number | null): void {
    if (replica === null) return;
    const share = this.#shareOf(replica);
    share.batches.add(batch);
    share.nonces += batch.count;
  }

  #drop(batch: Batch, replica: number | null): void {
    if (replica === null) {
      this.#arrived(batch);
      return;
    }
    const share = this.#shareOf(replica);
    share.lost++;
    if (share.batches.delete(batch)) share.nonces -= batch.count;
  }

  #arrived(batch: Batch): void {
    const position = this.#unplaced.findIndex((sent) => sent.batch === batch);
    if (position >= 0) this.#unplaced.splice(position, 1);
  }

  #isHad(batch: Batch): boolean {
    return [...this.#shares.values()].some(({ batches }) => batches.has(batch));
  }

  #shareOf(port: number): Share {
    const share = this.#shares.get(port) ?? { batches: new Set(), nonces: 0, lost: 0 };
    this.#shares.set(port, share);
    return share;
  }

  /**
   * How many further batches a replica has to answer.
   *
   * @param coming batches that it is expected to answer
   */
  #missing(port: number, coming: Batch[] = []): number {
    const { batches, nonces, lost } = this.#shareOf(port);
    if (batches.size === 0 && lost >= LOST_BY_ONE) return 0;
    const full = this.#batches[0]?.count ?? 0;
    const hasFull = [...batches, ...coming].some(({ count }) => count === full);
    const more = coming.reduce((sum, { count }) => sum + count, 0);
    return Math.max(Math.ceil((this.#enough - nonces - more) / Math.max(1, full)), hasFull ? 0 : 1);
  }

  #mayAskFurther(): boolean {
    const each = Math.ceil(this.#enough / Math.max(1, this.#batches[0]?.count ?? 1));
    const most = REQUESTS_PER_BATCH * Math.max(this.#batches.length, this.#seen.size * each);
    return !this.#isNameless && this.#asked < most;
  }

  /**
   * A batch for a replica that has too few. Where the node's turns lead to such a replica, the requests until its
   * turn are sent together: one after the other, each would take a batch's time. Elsewhere requests in progress
   * are expected to go to the replicas that need them.
   */
  #further(): Batch | undefined {
    if (!this.#mayAskFurther()) return undefined;
    const coming = (port: number) => this.#unplaced.flatMap((one) => (one.port === port ? one.batch : []));
    const needy = this.#ports.filter((port) => this.#missing(port, coming(port)) > 0);
    if (needy.length === 0) return undefined;
    const turns = this.#ports.map((_, ahead) => this.#turns.next(this.#unplaced.length + ahead));
    if (!needy.some((port) => turns.includes(port))) {
      const missing = this.#ports.reduce((sum, port) => sum + this.#missing(port), 0);
      if (missing <= this.#unplaced.length) return undefined;
    }
    const expected = this.#turns.next(this.#unplaced.length);
    const port = expected !== undefined && needy.includes(expected) ? expected : (needy[0] as number);
    return this.#bestFor(port);
  }

  /** A batch that the replica has not had: a full one first, then the one that the fewest replicas have. */
  #bestFor(port: number): Batch | undefined {
    const { batches: had } = this.#shareOf(port);
    const shares = [...this.#shares.values()];
    const sent = (batch: Batch) => this.#unplaced.filter((one) => one.batch === batch);
    const copies = (batch: Batch) =>
      shares.filter(({ batches }) => batches.has(batch)).length + sent(batch).length;
    return this.#batches
      .filter((batch) => !had.has(batch) && !sent(batch).some((one) => one.port === port))
      .sort((a, b) => b.count - a.count || copies(a) - copies(b) || a.index - b.index)[0];
  }
}
