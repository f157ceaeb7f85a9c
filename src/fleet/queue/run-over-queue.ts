import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { AssayError } from '../../errors.js';
import { isPipe } from '../../files/pipe.js';
import { canonicalGolden, fileOf } from '../../golden/canonical.js';
import { findGolden, loadGoldenByName } from '../../golden/catalog.js';
import type { GoldenReference } from '../../golden/reference.js';
import { hasCredentials } from '../../http/credentials.js';
import { hasReport } from '../../run/files.js';
import { readReportOf } from '../../run/read.js';
import type { ValidateOptions } from '../../validate/options.js';
import { packageVersion } from '../../version.js';
import type { FleetNode } from '../fleet-file.js';
import type { FleetFolder } from '../fleet-folder.js';
import type { NodeResult } from '../model.js';
import { noResult, resultOf } from '../node-result.js';
import type { OnResult } from '../run-fleet.js';
import { withoutUserinfo } from './credentials.js';
import { gatherResults, type OnWork, withdraw } from './gather.js';
import { type FleetJob, KEEP_S, PROTOCOL, type QueuedTask, referenceKey } from './job.js';
import { outages } from './outages.js';
import { queuedReference } from './queued-reference.js';
import { checkRedis, queueError } from './redis.js';
import type { RedisAddress } from './redis-address.js';
import { Sites } from './sites.js';

export interface QueueRun {
  redis: RedisAddress;
  nodes: FleetNode[];
  /** One per node, in the same order. */
  validations: ValidateOptions[];
  networkNode: string | undefined;
  workerWaitSeconds: number;
  outageSeconds: number;
}

/**
 * Validates the nodes of a fleet by the workers of their sites: one job per node. Results are gathered when
 * they are ready. Work that an earlier process gathered, or left in the queue, is not done again.
 *
 * @returns results in the order of the nodes
 */
export async function runOverQueue(
  { redis, nodes, validations, networkNode, workerWaitSeconds, outageSeconds }: QueueRun,
  { path, plan }: FleetFolder,
  {
    onResult,
    onWork,
    say,
    signal,
  }: { onResult: OnResult; onWork?: OnWork; say(text: string): void; signal: AbortSignal },
): Promise<{ nodes: NodeResult[]; warnings: string[] }> {
  const warnings = await checkRedis(redis);
  if (nodes.some(({ url }) => hasCredentials(url))) {
    say('credentials in URLs are not sent: give workers their own with --node-credentials');
  }
  const results = new Map<string, NodeResult>();
  const settle: OnResult = (result, report) => {
    results.set(result.id, result);
    onResult(result, report);
  };
  const references = new References();
  const unfinished: QueuedTask[] = [];
  for (const [at, node] of nodes.entries()) {
    const planned = plan.nodes[at] as PlannedNode;
    const finished = await finishedRun(join(path, planned.folder));
    if (finished !== undefined) {
      settle(resultOf(node, planned.folder, finished), finished);
      continue;
    }
    const options = validations[at] as ValidateOptions;
    const digest = await references.digestOf(node.model, options.reference);
    const job = withoutUserinfo(jobOf(options, planned, { fleetId: plan.fleet_id, digest, networkNode }));
    const { ownBaseline } = options;
    unfinished.push({
      ...{ node, folder: planned.folder, jobId: `${plan.fleet_id}-${at}`, job },
      ...(ownBaseline !== undefined && { ownBaseline }),
    });
  }
  const limits = { workerWaitSeconds, outageSeconds };
  await askWorkers(unfinished, references, { ...limits, redis, path, say, signal, settle, results, onWork });
  return { nodes: nodes.map(({ id }) => results.get(id) as NodeResult), warnings };
}

type PlannedNode = FleetFolder['plan']['nodes'][number];

/** A node's validation as it is sent to a worker: options that only the command needs are left out. */
function jobOf(
  options: ValidateOptions,
  planned: PlannedNode,
  { fleetId, digest, networkNode }: { fleetId: string; digest: string; networkNode: string | undefined },
): FleetJob {
  const {
    reference: _reference,
    weightGuard: _guard,
    registered: _registered,
    expDir: _dir,
    expName: _name,
    resume: _run,
    ownBaseline: _own,
    ...travelling
  } = options;
  return {
    protocol: PROTOCOL,
    assay_version: packageVersion(),
    fleet_id: fleetId,
    node_id: planned.id,
    reference_sha256: digest,
    network_node: networkNode ?? null,
    options: { ...travelling, ownPublicKey: planned.own_public_key },
  };
}

interface Asking extends Pick<QueueRun, 'redis' | 'workerWaitSeconds' | 'outageSeconds'> {
  /** Id of the fleet. */
  path: string;
  say(text: string): void;
  signal: AbortSignal;
  settle: OnResult;
  onWork: OnWork | undefined;
  /** The results so far, including those of an earlier process. */
  results: ReadonlyMap<string, NodeResult>;
}

/** Puts the jobs into the queues of their sites, and settles each node when its result is ready. */
async function askWorkers(tasks: QueuedTask[], references: References, asking: Asking): Promise<void> {
  const { redis, path, workerWaitSeconds, outageSeconds, say, signal, settle, results, onWork } = asking;
  const sites = new Sites([...new Set(tasks.map(({ node }) => node.site))], redis, 1000 * outageSeconds, say);
  const outage = outages(redis, say);
  sites.onError(outage.seen);
  const enqueue = async ({ node, jobId, job }: QueuedTask) => {
    const { reference_sha256: digest } = job;
    await sites.keepText(referenceKey(digest), references.textOf(digest));
    const kept = { age: KEEP_S };
    await sites.queue(node.site).add('validate', job, { jobId, removeOnComplete: kept, removeOnFail: kept });
  };
  try {
    await sites.requireFittingWorkers();
    await Promise.all(tasks.map(enqueue)).catch((error: unknown) => {
      throw error instanceof AssayError ? error : queueError(error, redis);
    });
    await gatherResults(tasks, {
      redis,
      sites,
      folder: path,
      workerWaitMs: 1000 * workerWaitSeconds,
      outageMs: 1000 * outageSeconds,
      enqueue,
      settled({ node, folder }, outcome) {
        if ('report' in outcome) settle(resultOf(node, folder, outcome.report), outcome.report);
        else settle(noResult(node, outcome.error));
      },
      onWork,
      outage,
      signal,
      goldenOf: (sha256) => references.goldenOf(sha256),
      oneAtATime: pLimit(1),
    });
  } catch (error) {
    const left = tasks.filter(({ node }) => !results.has(node.id));
    await withdraw(left, sites);
    if (results.size === 0 && !signal.aborted) throw error;
    for (const { node } of left) settle(noResult(node, error));
  } finally {
    await sites.close();
  }
}

async function finishedRun(folder: string) {
  if (!hasReport(folder)) return undefined;
  const report = await readReportOf(folder);
  return report.verdict === 'INCOMPLETE' ? undefined : report;
}

/** The texts of the references; each file is read once. */
class References {
  readonly #digests = new Map<string, Promise<string>>();
  readonly #texts = new Map<string, string>();

  digestOf(model: string, reference: ValidateOptions['reference']): Promise<string> {
    const key = typeof reference === 'string' ? reference : `model ${model}`;
    const known = this.#digests.get(key) ?? this.#read(model, reference);
    this.#digests.set(key, known);
    return known;
  }

  textOf(digest: string): string {
    return this.#texts.get(digest) as string;
  }

  /** The text that a worker reads. */
  goldenOf(digest: string): GoldenReference {
    return queuedReference(this.textOf(digest), digest);
  }

  async #read(model: string, reference: ValidateOptions['reference']): Promise<string> {
    const golden =
      typeof reference === 'string' ? await loadGoldenByName(reference, model) : await findGolden(model);
    // A worker does not have the model's config: it gets the completed reference. A pipe cannot be read again.
    const isRead = golden.completed === true || isPipe(golden.path);
    const text = isRead ? canonicalGolden(fileOf(golden)) : await readFile(golden.path, 'utf8');
    const sha256 = createHash('sha256').update(text).digest('hex');
    this.#texts.set(sha256, text);
    return sha256;
  }
}
