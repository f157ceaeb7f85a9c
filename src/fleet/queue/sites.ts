import { Queue } from 'bullmq';
import { AssayError } from '../../errors.js';
import { packageVersion } from '../../version.js';
import type { Doing } from '../model.js';
import { type Connection, connectTo } from './connection.js';
import { KEEP_S, PREFIX, PROTOCOL, parseWorkerName, type QueuedTask, queueName } from './job.js';
import type { RedisAddress } from './redis-address.js';
import { readWorkProgress } from './work-progress.js';

/** Time between two checks for workers, in milliseconds. */
const PRESENCE_MS = 2000;
/** Time after which a silent connection is opened again, in milliseconds. */
const SILENCE_MS = 20_000;

/** Grace time for a worker; a present worker takes a waiting job in much less. */
const IDLE_MS = 10_000;
/** Most active jobs that are listed per site. */
const MOST_ACTIVE = 1000;
/** Most finished jobs that are listed, over all fleets; further ones are found later. */
const MOST_FINISHED = 2000;

/** The state of a job in the queue. */
interface JobState {
  /** When a worker took it, in milliseconds since 1970. */
  processedOn?: number;
  isFinished: boolean;
  /** A live worker renews it: a job that is active without it was left by one that was killed. */
  isLeased: boolean;
  /** The last progress that its worker reported. */
  progress?: Doing;
  /** Size of its result in bytes. */
  resultLength: number;
}

/** The sites of a fleet: their queues, and whether a worker is connected. */
export class Sites {
  readonly #queues: Map<string, Queue>;
  readonly #connection: Connection;
  /** When a worker was last seen, and whether its absence was reported. */
  readonly #seen = new Map<string, { at: number; told: boolean }>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(
    sites: string[],
    redis: RedisAddress,
    outageMs: number,
    readonly say: (text: string) => void,
  ) {
    this.#connection = connectTo(redis, {
      // Found out while the limit for an outage has not passed.
      silenceMs: Math.min(SILENCE_MS, outageMs / 2),
      waits: false,
    });
    this.#queues = new Map(
      sites.map((site) => [
        site,
        new Queue(queueName(site), {
          prefix: PREFIX,
          connection: this.#connection.redis,
          // It would write its own lines to stderr, which the check before the start says in our words.
          skipVersionCheck: true,
        }),
      ]),
    );
    for (const site of sites) this.#seen.set(site, { at: performance.now(), told: false });
  }

  queue(site: string): Queue {
    return this.#queues.get(site) as Queue;
  }

  /**
   * The state of a job, without its result, which may be large.
   *
   * @returns undefined when the queue does not have the job
   */
  async stateOf(site: string, jobId: string): Promise<JobState | undefined> {
    const key = this.queue(site).toKey(jobId);
    const { redis } = this.#connection;
    const [[timestamp, processedOn, finishedOn, told], resultLength, leases] = await Promise.all([
      redis.hmget(key, 'timestamp', 'processedOn', 'finishedOn', 'progress'),
      redis.hstrlen(key, 'returnvalue'),
      redis.exists(`${key}:lock`),
    ]);
    if (timestamp == null) return undefined;
    const progress = told == null ? null : readWorkProgress(told);
    return {
      ...(processedOn != null && { processedOn: Number(processedOn) }),
      ...(progress !== null && { progress }),
      isFinished: finishedOn != null,
      isLeased: leases > 0,
      resultLength,
    };
  }

  /** @param listener called with connection errors, which the calls report as well */
  onError(listener: (error: unknown) => void): void {
    for (const emitter of [this.#connection.redis, ...this.#queues.values()]) emitter.on('error', listener);
  }

  /** Stores a text for the jobs that need it, as long as the jobs are kept. */
  async keepText(key: string, text: string): Promise<void> {
    const { redis } = this.#connection;
    const isThere = (await redis.expire(key, KEEP_S)) === 1;
    if (!isThere) await redis.set(key, text, 'EX', KEEP_S);
  }

  /**
   * Refuses to queue jobs that every worker of a site would refuse.
   *
   * @throws AssayError that names a worker and both versions
   */
  async requireFittingWorkers(): Promise<void> {
    for (const [site, queue] of this.#queues) {
      const workers = await workersOf(queue);
      const [other] = workers ?? [];
      if (other === undefined || workers?.some(({ protocol }) => protocol === PROTOCOL)) continue;
      throw new AssayError(
        `the worker ${other.where} of site ${site} runs assay ${other.version} (queue protocol ${other.protocol}), this command ${packageVersion()} (${PROTOCOL})`,
        { advice: 'install the same version on both' },
      );
    }
  }

  /** A worker has taken a job of the site, so a worker was there. */
  active(site: string, processedOn: number): void {
    const seen = this.#seen.get(site) as { at: number; told: boolean };
    seen.at = Math.max(seen.at, performance.now() - Math.max(0, Date.now() - processedOn));
  }

  /** The jobs of sites without a worker for longer than the limit. */
  async deserted(pending: QueuedTask[], limitMs: number): Promise<QueuedTask[]> {
    const now = performance.now();
    if (now - this.#lookedAt < PRESENCE_MS) return [];
    this.#lookedAt = now;
    const gone = new Set<string>();
    for (const [site, queue] of this.#queues) {
      const waiting = pending.filter(({ node }) => node.site === site).length;
      const seen = this.#seen.get(site) as { at: number; told: boolean };
      const workers = await workersOf(queue);
      // If Redis does not allow listing clients, a worker is assumed to be there.
      const isThere = workers === undefined || workers.some(({ protocol }) => protocol === PROTOCOL);
      // A worker that is connected and takes nothing does not count: its other connection may lead to a Redis
      // that is not primary.
      if (waiting === 0 || (isThere && (await this.#isWorkedOn(site)))) {
        if (seen.told && waiting > 0) this.say(`site ${site}: a worker is there`);
        this.#seen.set(site, { at: now, told: false });
        continue;
      }
      // A new worker gets some time to take a job.
      if (!seen.told && (!isThere || now - seen.at > IDLE_MS)) {
        const why = isThere ? 'its worker takes no jobs' : 'no worker is there';
        this.say(`site ${site}: ${waiting} waiting, ${why} (assay fleet worker --site ${site})`);
        seen.told = true;
      }
      if (now - seen.at > limitMs) gone.add(site);
    }
    return pending.filter(({ node }) => gone.has(node.site));
  }

  /** Active jobs of the site, and finished ones, the latest first; jobs of all fleets. */
  async underWay(site: string): Promise<{ active: string[]; finished: string[] }> {
    const { redis } = this.#connection;
    const [active, completed, failed] = await Promise.all([
      this.#activeOf(site),
      ...(['completed', 'failed'] as const).map((state) =>
        redis.zrevrange(this.queue(site).toKey(state), 0, MOST_FINISHED - 1),
      ),
    ]);
    return { active, finished: [...(completed ?? []), ...(failed ?? [])] };
  }

  #activeOf(site: string): Promise<string[]> {
    return this.#connection.redis.lrange(this.queue(site).toKey('active'), 0, MOST_ACTIVE - 1);
  }

  /** Whether a worker has a job of the site and its lease. */
  async #isWorkedOn(site: string): Promise<boolean> {
    const { redis } = this.#connection;
    const queue = this.queue(site);
    const ids = await this.#activeOf(site);
    if (ids.length === 0) return false;
    return (await redis.exists(...ids.map((id) => `${queue.toKey(id)}:lock`))) > 0;
  }

  async close(): Promise<void> {
    this.#connection.end();
    await Promise.all([...this.#queues.values()].map((queue) => queue.close().catch(() => {})));
  }
}

/** Connected workers; undefined if Redis does not allow listing clients. */
async function workersOf(queue: Queue) {
  try {
    const clients = await queue.getWorkers();
    return clients.flatMap(({ rawname, name }) => parseWorkerName(rawname ?? name ?? '') ?? []);
  } catch (error) {
    if (/NOPERM|unknown command/i.test((error as Error).message)) return undefined;
    throw error;
  }
}
