import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { AssayError, messageOf, NotOfNode } from '../errors.js';
import { makeNewFolder } from '../files/make-folder.js';
import { folderName, safeModelName, timeStamp } from '../files/names.js';
import { maskSecrets } from '../http/mask.js';
import { claimFolder } from '../journal/claim.js';
import { LOCK_FILES, lockFolder } from '../journal/folder-lock.js';
import type { Journal } from '../journal/journal.js';
import { MlNodeClient } from '../mlnode/client.js';
import { identify } from '../mlnode/identity.js';
import { isGenerating } from '../mlnode/replicas.js';
import { leasePool } from '../probe/pool.js';
import { secondsSince } from '../validate/context.js';
import { newOwnPublicKey } from '../validate/own-key.js';
import { reach } from '../validate/phases/preflight.js';
import { packageVersion } from '../version.js';
import type { AcceptInputs, ImageCheck, Tester } from './check.js';
import { checks } from './checks/index.js';
import { startCheck } from './checks/start.js';
import { resolveInputs } from './inputs.js';
import { type Begun, type Entry, openAcceptJournal, readBegun } from './journal.js';
import { type AcceptReport, type ImageCheckResult, verdictOf, withLost } from './model.js';
import type { AcceptEvents, AcceptOptions, ResumeOptions } from './options.js';
import { runCheck, skippedResult } from './run-check.js';
import { startModel, stopModel } from './serving.js';
import { resumedOptions, settingsOf } from './settings.js';

export interface AcceptResult {
  report: AcceptReport;
  folder: string;
}

/**
 * Tests a node image on a node that belongs to the tester, check by check. The result of each check is saved
 * at once, so that an interrupted run can be resumed.
 *
 * @throws AssayError for inputs with which no run can start, and for a node that the tester may not use
 */
export async function acceptNode(
  given: AcceptOptions | ResumeOptions,
  {
    events = {},
    signal = new AbortController().signal,
  }: { events?: AcceptEvents; signal?: AbortSignal } = {},
): Promise<AcceptResult> {
  const options = await optionsOf(given);
  const inputs = await resolveInputs(options);
  const folder = folderOf(options);
  const release = await lockFolder(folder);
  try {
    await claimFolder(folder, {
      acceptance_of: maskSecrets(inputs.mlnodeUrl),
      model: inputs.model,
      reference: inputs.reference.sha256,
    });
    const journal = await openAcceptJournal(folder);
    events.begun?.(folder);
    const pool = leasePool({ patience: options.patience });
    try {
      const report = await run(inputs, options, { folder, journal, pool, events, signal });
      return { report, folder };
    } finally {
      await pool.release();
      await journal.close();
    }
  } finally {
    await release();
  }
}

interface Run {
  folder: string;
  journal: Journal<Entry>;
  pool: Tester['pool'];
  events: AcceptEvents;
  signal: AbortSignal;
}

/** The given options, added to those with which a resumed run was started. */
async function optionsOf(given: AcceptOptions | ResumeOptions): Promise<AcceptOptions> {
  if (!isResumed(given)) return given;
  const begun = await readBegun(given.resume);
  return resumedOptions(given, begun?.settings ?? {});
}

function isResumed(given: AcceptOptions | ResumeOptions): given is ResumeOptions {
  return given.resume !== undefined;
}

function folderOf({ expDir, resume, model }: AcceptOptions): string {
  if (resume !== undefined) return resume;
  const path = expDir ?? makeDefaultFolder(model);
  if (!existsSync(path) || readdirSync(path).every((name) => LOCK_FILES.includes(name))) return path;
  throw new AssayError(`run folder ${path} is not empty`, {
    advice: 'give another --exp-dir, or go on with --resume; an older run is never overwritten',
  });
}

function makeDefaultFolder(model: string): string {
  const path = join('runs', `${folderName(`accept_${safeModelName(model)}`)}_${timeStamp(new Date())}`);
  try {
    return makeNewFolder(path);
  } catch (error) {
    throw new NotOfNode(`run folder ${path}: ${messageOf(error)}`, {
      advice: 'give a writable folder with --exp-dir',
    });
  }
}

async function run(inputs: AcceptInputs, options: AcceptOptions, run: Run): Promise<AcceptReport> {
  const { journal, events, signal } = run;
  const begun = performance.now();
  const warnings: string[] = [];
  const before = journal.entries.find((entry): entry is Begun => entry.event === 'begun');
  const tester = testerOf(inputs, options, run, before?.public_key ?? newOwnPublicKey(), (text) => {
    warnings.push(text);
    events.warning?.(text);
  });
  const node = await identityOf(tester);
  const wasUp = before?.was_up ?? node.loadedModel !== null;
  const at = before?.at ?? new Date().toISOString();
  if (before === undefined)
    await journal.append({
      ...{ event: 'begun', at, public_key: tester.ownPublicKey, was_up: wasUp },
      settings: settingsOf(options),
    });
  if (node.loadedModel === null && !startsByItself(tester, run)) await startModel(tester);
  const results: ImageCheckResult[] = [];
  try {
    for (const [index, check] of checks.entries()) {
      const result = await resultOf(check, index, tester, run, results);
      results.push(result);
      signal.throwIfAborted();
    }
  } finally {
    if (!wasUp) await takeDown(tester);
  }
  return {
    schema_version: 1,
    harness_version: packageVersion(),
    timestamp: at,
    mlnode_url: maskSecrets(inputs.mlnodeUrl),
    model: inputs.model,
    reference: { path: inputs.reference.path, sha256: inputs.reference.sha256 },
    node: node.told,
    ...verdictOf(results),
    checks: results,
    warnings,
    elapsed_s: secondsSince(begun),
  };
}

/** A check's result: saved before, or found now. A check that could not run is tried again. */
async function resultOf(
  check: ImageCheck,
  index: number,
  tester: Tester,
  run: Run,
  earlier: readonly ImageCheckResult[],
): Promise<ImageCheckResult> {
  const { journal, events } = run;
  const { inputs } = tester;
  const kept = keptResult(check, run);
  if (kept !== undefined) {
    events.checkEnded?.(kept, true);
    return kept;
  }
  const reason = reasonToSkip(check, inputs);
  if (reason !== null) {
    const result = skippedResult(check, reason);
    events.checkEnded?.(result, false);
    return result;
  }
  events.checkStarted?.({ check: check.name, title: check.title, index: index + 1, of: checks.length });
  const result = withLost(await runCheck(check, tester), earlier);
  await journal.append({ event: 'check', result });
  events.checkEnded?.(result, false);
  return result;
}

function keptResult({ name }: ImageCheck, { journal }: Pick<Run, 'journal'>): ImageCheckResult | undefined {
  const kept = journal.entries.findLast((entry) => entry.event === 'check' && entry.result.check === name);
  const isKnown =
    kept?.event === 'check' && (kept.result.outcome === 'pass' || kept.result.outcome === 'fail');
  return isKnown ? kept.result : undefined;
}

/** The first check that runs starts the model, so no other check needs to. */
function startsByItself({ inputs }: Tester, run: Run): boolean {
  return reasonToSkip(startCheck, inputs) === null && keptResult(startCheck, run) === undefined;
}

function reasonToSkip(check: ImageCheck, inputs: AcceptInputs): string | null {
  const { only, skip } = inputs;
  if (skip.includes(check.name)) return 'left out by --skip';
  if (only !== null && !only.includes(check.name)) return 'left out by --only';
  return check.lacks?.(inputs) ?? null;
}

function testerOf(
  inputs: AcceptInputs,
  options: AcceptOptions,
  { folder, pool, signal, events: { note } }: Run,
  ownPublicKey: string,
  warn: (text: string) => void,
): Tester {
  const { patience = 1, expectReplicas, waitReadySeconds } = options;
  const { mlnodeUrl, model, reference, params, startArgs, startSeconds } = inputs;
  return {
    inputs,
    folder,
    pool,
    options: {
      mlnodeUrl,
      model,
      ...(startArgs !== null && { deployArgs: startArgs.map((value) => ({ value, source: 'node config' })) }),
      ...(expectReplicas !== undefined && { expectReplicas }),
      ...(waitReadySeconds !== undefined && { waitReadySeconds }),
      ...(startSeconds !== null && { deployTimeoutSeconds: startSeconds }),
    },
    reference,
    params,
    ownPublicKey,
    events: note === undefined ? {} : { note },
    node: new MlNodeClient(mlnodeUrl, signal, patience),
    signal,
    until: Number.POSITIVE_INFINITY,
    patience,
    warn: (warning) => warn(maskSecrets(typeof warning === 'string' ? warning : warning.text)),
  };
}

/** Checks what the node is, and that the tester may use it. */
async function identityOf(tester: Tester) {
  const { node, inputs } = tester;
  await reach(tester);
  const { loadedModel, hardware, version } = await identify(node);
  if (loadedModel !== null && loadedModel !== inputs.model) {
    throw new AssayError(`the node serves ${loadedModel}, not ${inputs.model}`, {
      advice: 'stop that model first, or give --model with it',
    });
  }
  const { backends = [] } = await node.powStatus();
  const foreign = backends.find(isGenerating);
  if (foreign !== undefined && !String(foreign.config?.public_key).startsWith('mlnode-assay-')) {
    throw new AssayError(`another PoC generation runs on replica ${foreign.port}; assay changed nothing`, {
      advice: 'test the image on a node that is not in the network',
    });
  }
  const isUp = loadedModel !== null || backends.length > 0;
  if (!isUp && inputs.startArgs === null) {
    throw new AssayError('the model is not up, and no arguments to start it with were given', {
      advice: 'give --node-config FILE, or --deploy-args-from-reference',
    });
  }
  const [versions, driver] = await Promise.all([node.versions(), node.driver()]);
  return {
    loadedModel: isUp ? inputs.model : null,
    told: {
      version: versions?.version ?? version,
      vllm: versions?.vllm_version ?? null,
      driver: driver?.driver_version ?? null,
      hardware,
    },
  };
}

/** The model was not loaded when the run began. */
async function takeDown({ node, patience, warn }: Tester): Promise<void> {
  const ms = patience * 120_000;
  const signal = AbortSignal.timeout(ms);
  try {
    await stopModel({ node: node.within({ signal, until: performance.now() + ms }), patience, signal });
  } catch (error) {
    warn(
      `the model could not be stopped afterwards: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
