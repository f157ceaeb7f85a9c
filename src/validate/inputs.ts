import { existsSync } from 'node:fs';
import { type Batch, DEFAULT_BATCH_SIZE, planBatches } from '../batches/plan.js';
import { AssayError, UsageError } from '../errors.js';
import { loadGoldenByName } from '../golden/catalog.js';
import { pocParamsOf } from '../golden/poc-params.js';
import { recordedOn, recordedOnText } from '../golden/recorded-on.js';
import type { GoldenReference } from '../golden/reference.js';
import { shownUrl } from '../http/credentials.js';
import type { TimeLimits } from '../http/time-limit.js';
import { parseBaseUrl } from '../http/url.js';
import type { PocParams } from '../mlnode/answers.js';
import { referenceThresholds } from '../run/reference-thresholds.js';
import type { RequestConfig, ValidateConfig } from '../run/report.js';
import { type ResolvedStatTest, resolveStatTest, untoldForChains } from '../run/thresholds.js';
import { schemeOf } from '../schemes/index.js';
import type { EarlierRun } from '../verdict/drift.js';
import type { GoldenVectors } from '../verdict/input.js';
import { packageVersion } from '../version.js';
import { type Challenge, challengeOf, challengeReference } from './challenge.js';
import { chooseForNode } from './choose-reference.js';
import { readEarlierRun } from './earlier-run.js';
import { batchOfReference, type KnownFields, knownFields } from './known.js';
import type { ValidateOptions } from './options.js';
import { newOwnPublicKey } from './own-key.js';
import { readUnfinishedRun, requireSameRun, type UnfinishedRun } from './resume.js';
import { type Second, secondOf } from './second-reference.js';

/**
 * The inputs of a run's judgement: all of them are also known for a run that is read back from its folder.
 */
export interface JudgeInputs {
  /** As `validate_config.json` has them: thresholds, the honest band and all other resolved values. */
  config: ValidateConfig;
  /** Nonces that were asked for, in the reference's order. */
  nonces: number[];
  coverage: RequestConfig['coverage'];
  /** null where the golden vectors are not available: then diagnoses that compare with them are not made. */
  reference: GoldenVectors | null;
  /** Turns warnings about the node into FAIL. */
  strict: boolean;
  /** The run was started to end before probing. */
  skipsProbe: boolean;
  /** Start of the run, ISO 8601 in UTC. */
  startedAt: string;
  /** Vectors that show which side's heads of batches are wrong; null where none were given. */
  second: Pick<Second, 'source'> | null;
  /** The node's own last PASS; null where none is known. */
  ownBaseline: EarlierRun | null;
}

/** The inputs of a run: everything resolved, once, before the node is asked anything. */
export interface RunInputs extends JudgeInputs {
  options: ValidateOptions;
  /** Without a trailing slash. */
  mlnodeUrl: string;
  /** The golden vectors, or those of the trusted node in a challenge: empty before that node was asked. */
  reference: GoldenReference;
  challenge: Challenge | null;
  second: Second | null;
  params: PocParams;
  plan: BatchPlan;
  /** Public key of this run's own throughput generation. */
  ownPublicKey: string;
  /** Why that run cannot be read; null where it can, or there is none. */
  lostBaseline: string | null;
  /** The results of an earlier part of the run; null for a new run. */
  unfinished: UnfinishedRun | null;
}

/** How the nonces are split, and the batch size in the requests. */
export interface BatchPlan {
  batches: Batch[];
  /** Nonces of a full batch. */
  batchSize: number;
  /** null: the node chooses. */
  sentBatchSize: number | null;
}

/**
 * Resolves the inputs of a run. The vectors of a challenge are asked for later, when the run has a folder for
 * them: see `withTrustedVectors`.
 *
 * @param limits of the whole run
 * @throws AssayError for inputs with which no run can start
 */
export async function resolveRun(options: ValidateOptions, limits: TimeLimits): Promise<RunInputs> {
  const mlnodeUrl = parseBaseUrl(options.mlnodeUrl, '--mlnode-url');
  const unfinished = options.resume === undefined ? null : await readUnfinishedRun(options.resume);
  const { golden, why } = await referenceOf(options, mlnodeUrl, { unfinished, ...limits });
  const challenge = challengeOf(options);
  const reference =
    challenge === undefined ? golden : await challengeReference(golden, challenge, options, options.resume);
  const second = await secondOf(options, reference, options.resume);
  const statTest = resolveStatTest([
    await referenceThresholds(reference.file),
    ...(options.thresholds ?? []),
  ]);
  requireTau(reference, statTest, options);
  const ownPublicKey = unfinished?.config.own_public_key ?? options.ownPublicKey ?? newOwnPublicKey();
  const known = await knownFields(reference);
  const config = configOf({ ...options, mlnodeUrl }, reference, {
    statTest,
    ownPublicKey,
    known,
    challenge,
    second: second?.config,
    why,
  });
  if (unfinished !== null) requireSameRun(unfinished.folder, unfinished.config, config);
  const earlier = await readEarlierRun(options.ownBaseline);
  return {
    options,
    mlnodeUrl,
    reference,
    challenge: challenge ?? null,
    second,
    params: pocParamsOf(reference.file),
    plan: planOf({ options, reference }),
    ownPublicKey,
    unfinished,
    // Both parts of a run are reported with the inputs that it was started with.
    config:
      unfinished === null
        ? config
        : {
            ...continued(unfinished.config, config),
            ...(unfinished.config.known_distances === undefined && known),
          },
    nonces: reference.nonces,
    coverage: requestConfigOf(options, reference.file).coverage,
    strict: options.strict ?? false,
    skipsProbe: options.skipValidate === true,
    startedAt: unfinished?.report?.timestamp ?? new Date().toISOString(),
    ownBaseline: earlier.run,
    lostBaseline: earlier.why,
  };
}

/**
 * The same inputs with the vectors that the trusted node computed.
 *
 * @param reference the reference with those vectors
 */
export async function withVectors(inputs: RunInputs, reference: GoldenReference): Promise<RunInputs> {
  const { config } = inputs;
  const { why = null } = config.reference;
  return {
    ...inputs,
    reference,
    config: {
      ...config,
      ...(await knownFields(reference)),
      reference: referenceConfig(reference, why),
    },
  };
}

/** A resumed part may have other assertions than the first part. The measurement stays the same. */
function continued(before: ValidateConfig, now: ValidateConfig): ValidateConfig {
  const { assertions: _assertions, own_baseline: _own, ...kept } = before;
  const { options, assertions, own_baseline } = now;
  return {
    ...kept,
    options,
    ...(assertions && { assertions }),
    ...(own_baseline !== undefined && { own_baseline }),
  };
}

/** How the nonces are asked for. */
export function requestConfigOf(
  { probe = 'queued', coverage = 'auto', validationBatchSize }: ValidateOptions,
  file: GoldenReference['file'],
): RequestConfig {
  return { probe, coverage, batch_size: validationBatchSize ?? batchOfReference(file).batch };
}

interface ConfigParts {
  statTest: ResolvedStatTest;
  ownPublicKey: string;
  known: KnownFields;
  challenge?: Challenge | undefined;
  second?: ValidateConfig['second_reference'] | undefined;
  /** Why this reference was chosen; null where it was named. */
  why?: string | null;
}

/** The resolved inputs of a run, as written to `validate_config.json`. */
export function configOf(
  options: ValidateOptions,
  reference: GoldenReference,
  { statTest, ownPublicKey, known, challenge, second, why = null }: ConfigParts,
): ValidateConfig {
  const { params, poc_stronger_rng, ...poc } = pocParamsOf(reference.file);
  return {
    harness_version: packageVersion(),
    mlnode_url: shownUrl(options.mlnodeUrl),
    node_id: options.nodeId ?? null,
    model: options.model,
    reference: referenceConfig(reference, why),
    poc_params: { ...params, ...poc, poc_stronger_rng: poc_stronger_rng ?? null },
    stat_test: statTest,
    ...known,
    request: requestConfigOf(options, reference.file),
    deploy:
      options.deployArgs === undefined
        ? null
        : {
            dtype: options.dtype ?? 'auto',
            args: options.deployArgs,
            ...(options.served?.model_override != null && { model_override: options.served.model_override }),
          },
    own_public_key: ownPublicKey,
    options: options.recordedOptions ?? {},
    ...(options.assertions && { assertions: options.assertions }),
    ...(options.ownBaseline !== undefined && { own_baseline: options.ownBaseline }),
    ...(second && { second_reference: second }),
    ...(challenge && {
      challenge: {
        seed: challenge.seed,
        n: challenge.n,
        trusted_url: shownUrl(challenge.trustedUrl),
      },
    }),
  };
}

/** A reference as a run's config names it. */
function referenceConfig(
  { path, sha256, file, nonces, warnings }: GoldenReference,
  why: string | null,
): ValidateConfig['reference'] {
  const { batch, isHint } = batchOfReference(file);
  const hint = `its text names a batch of ${batch}; assay uses it as its collection batch`;
  return {
    path,
    sha256,
    source: file.source ?? null,
    ...(file.notes !== undefined && { notes: file.notes }),
    n_vectors: nonces.length,
    warnings: [...warnings, ...(isHint ? [hint] : [])],
    recorded_on: recordedOnText(recordedOn(file)),
    why,
  };
}

/** The reference, and why it was chosen where nobody named it. */
async function referenceOf(
  { model, reference, ...options }: ValidateOptions,
  mlnodeUrl: string,
  { unfinished, ...limits }: TimeLimits & { unfinished: UnfinishedRun | null },
): Promise<{ golden: GoldenReference; why: string | null }> {
  // A resumed run uses the reference that it was started with, even if a catalogue has changed since.
  const before = unfinished?.config.reference;
  const named = reference ?? (before !== undefined && existsSync(before.path) ? before.path : undefined);
  const { reference: golden, why } =
    named === undefined
      ? await chooseForNode(model, options, mlnodeUrl, limits)
      : {
          reference: typeof named === 'string' ? await loadGoldenByName(named, model) : named,
          why: reference === undefined ? (before?.why ?? null) : null,
        };
  if (golden.file.model === model) return { golden, why };
  throw new AssayError(`reference ${golden.path} is of ${golden.file.model}, not of ${model}`, {
    advice: 'give the reference of that model, or another --model',
  });
}

/** Splits the nonces into batches as they are asked for. */
export function planOf({ reference, options }: Pick<RunInputs, 'reference' | 'options'>): BatchPlan {
  const { probe, batch_size: sentBatchSize } = requestConfigOf(options, reference.file);
  const count = reference.nonces.length;
  const batchSize = probe === 'whole' ? count : (sentBatchSize ?? DEFAULT_BATCH_SIZE);
  return { batches: planBatches(count, batchSize), batchSize, sentBatchSize };
}

/**
 * Chains are judged by tau. A node has no default for it.
 *
 * @throws UsageError that names what is missing
 */
function requireTau(
  { path, file }: GoldenReference,
  statTest: ResolvedStatTest,
  { skipValidate }: ValidateOptions,
): void {
  if (skipValidate === true || schemeOf(file).judgedBy !== 'engine') return;
  const untold = untoldForChains(statTest);
  if (untold.length === 0) return;
  throw new UsageError(`${path} is of the decode scheme and names no ${untold.join(', ')}`, {
    advice:
      'give --threshold TAU and --p-mismatch RATE, or --thresholds chain; for a run that assay calibrate is to take the margins from, any will do (0.025 and 0.003)',
  });
}
