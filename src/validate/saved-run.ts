import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AssayError } from '../errors.js';
import { loadGolden } from '../golden/load.js';
import type { GoldenReference } from '../golden/reference.js';
import { OBSERVATIONS_FILE, RUN_CONFIG_FILE, RUN_REPORT_FILE } from '../run/files.js';
import type { Observation } from '../run/observation.js';
import { readReport, readRunFolder } from '../run/read.js';
import type {
  ValidateConfig,
  ValidateReport,
  ValidationReport,
  Warning,
  WarningCode,
} from '../run/report.js';
import { aboutRun, warningsOf } from '../run/warnings.js';
import { counted } from '../text/figures.js';
import { quoteForShell } from '../text/shell.js';
import { isTestRequired, type Rotation } from '../verdict/replicas-tested.js';
import type { SelfCheckCounts } from '../verdict/self-check.js';
import { CHALLENGE_FILE } from './challenge.js';
import { readEarlierRun } from './earlier-run.js';
import type { JudgeInputs } from './inputs.js';
import { knownFields } from './known.js';
import { aboutMeasuring, measureAgain } from './measure-again.js';
import type { Ending, Observed } from './observed.js';
import { savedSecond } from './second-reference.js';

/** A run as its folder has it, ready to be judged again. */
export interface SavedRun {
  inputs: JudgeInputs;
  observed: Observed;
}

/**
 * Reads a finished, interrupted or killed run, and measures its vectors again where the reference is
 * available.
 *
 * @param given the golden reference or its path, where the file was moved
 * @throws AssayError that names the file that is missing or does not have the form that a run writes
 */
export async function readSavedRun(folder: string, given?: string | GoldenReference): Promise<SavedRun> {
  const { config, observations: kept } = await readRunFolder(folder);
  const reportPath = join(folder, RUN_REPORT_FILE);
  const report = existsSync(reportPath) ? await readReport(reportPath) : null;
  const { reference, why } = await referenceOf(folder, config, given);
  const { observations, changed } =
    reference === null ? { observations: kept, changed: 0 } : measureAgain(kept, reference);

  const validation = report?.validation;
  const known = [...observations.map(({ nonce }) => nonce), ...(validation?.unanswered_nonces ?? [])];
  const nonces = reference?.nonces ?? [...new Set(known)];
  const coverage = validation?.request.coverage ?? coverageOf(config, observations);
  requireWholeRun(folder, config, nonces);
  requireOnceEach(folder, nonces, observations, coverage);
  // The report of a resumed run has the options of its last part.
  const told = report?.config ?? config;
  const earlier = await readEarlierRun(told.own_baseline);
  const inputs: JudgeInputs = {
    config: await withKnown(told, reference),
    ownBaseline: earlier.run,
    nonces,
    coverage,
    reference,
    second: { source: await savedSecond(folder, told, typeof given !== 'object') },
    strict: told.options['strict'] === true,
    skipsProbe: false,
    startedAt: report?.timestamp ?? statSync(join(folder, RUN_CONFIG_FILE)).mtime.toISOString(),
  };
  const observed = observedOf(report, inputs, observations);
  const warnings = [
    ...observed.warnings,
    ...aboutMeasuring(changed, observations.length, why),
    ...(earlier.why === null ? [] : [aboutRun(earlier.why)]),
  ];
  return { inputs, observed: { ...observed, warnings } };
}

/** A run of version 1 stored only one band of distances, which may be another model's. */
async function withKnown(config: ValidateConfig, reference: GoldenReference | null): Promise<ValidateConfig> {
  if (config.known_distances !== undefined || reference === null) return config;
  return { ...config, ...(await knownFields(reference)) };
}

/** What the run has seen, as far as its folder says. */
function observedOf(
  report: ValidateReport | null,
  inputs: JudgeInputs,
  observations: Observation[],
): Observed {
  const validation = report?.validation;
  const unansweredNonces =
    validation?.unanswered_nonces ?? unansweredOf(inputs.nonces, observations, inputs.coverage);
  return {
    phases: {
      preflight: report?.preflight ?? null,
      download: report?.download ?? null,
      deploy: report?.deploy ?? null,
      throughput: report?.throughput ?? null,
    },
    request: validation?.request ?? requestOfKilled(inputs, observations, unansweredNonces),
    observations,
    unansweredNonces,
    lostReason: null,
    isProbeLate: false,
    selfCheck: selfChecksOf(validation),
    engineCheck: validation?.decode?.trusted_check ?? null,
    ownCheck: validation?.decode?.own_check ?? null,
    rotation: rotationOf(validation),
    promised: validation?.replicas_tested?.expected ?? null,
    seconds: { probe: validation?.elapsed_s ?? 0 },
    warnings: ofPhases(report),
    ending: endingIn(report),
    durationSeconds: report?.duration_s ?? 0,
  };
}

function endingIn(report: ValidateReport | null): Ending | null {
  if (report === null || report.error === null) return null;
  return {
    line: report.error,
    exitCode: report.exit_code,
    cause: 'node',
    isInterrupted: report.exit_code >= 128,
  };
}

/** Codes of the warnings that a judgement gives: a new judgement gives them again. */
const JUDGED: ReadonlySet<string | undefined> = new Set<WarningCode>([
  'replicas_missing',
  'replicas_not_tested',
  'distances_far_outside',
  'self_report_contradicts',
  'heads_of_batches',
  'left_out_nonces',
  'unanswered_nonces',
  'not_the_same_as_the_reference',
  'no_honest_band',
  'not_distinguishable',
  'near_the_edge',
  'reference_superseded',
  'requests_mismatch',
  'chains_not_tested',
  'judged_by_own_check',
  'drift',
]);
/** The same warnings in reports of version 1, which had no codes, and warnings that have no code. */
const JUDGED_TEXTS =
  /^(distances( of replica \S+)? far outside|the node's own check disagrees:|\d+ (nonce|measurement)s? stayed unanswered \(|with these thresholds even |no threshold of .+ is known: |the engine that judged )/;

/** Only the warnings of the phases: the warnings of the verdict are judged again. */
function ofPhases(report: ValidateReport | null): Warning[] {
  if (report !== null) {
    return warningsOf(report).filter(({ code, text }) =>
      code === undefined ? !JUDGED_TEXTS.test(text) : !JUDGED.has(code),
    );
  }
  return [
    aboutRun('the run ended without a report: it was killed, and everything except its measurements is lost'),
  ];
}

/** null where the run did not store which replicas there were. */
function rotationOf(validation: ValidationReport | null | undefined): Rotation | null {
  const tested = validation?.replicas_tested;
  if (validation == null || tested == null) return null;
  const { coverage, probe, batch_size } = validation.request;
  return {
    expected: tested.expected,
    ports: tested.ports,
    fullBatch: batch_size,
    isRequired: isTestRequired(coverage, probe),
  };
}

/** One entry per replica; for version 1, the sum over all replicas. */
function selfChecksOf(validation: ValidationReport | null | undefined): SelfCheckCounts[] | null {
  const check = validation?.node_self_check;
  if (check == null) return null;
  if (check.replicas === undefined) return [{ ...check, replica: 'all', nonces: [] }];
  return check.replicas.map((own) => ({ ...own, replica: own.port }));
}

/** What is known of the request in a run that was killed. */
function requestOfKilled(
  { config, nonces, coverage }: JudgeInputs,
  observations: Observation[],
  unansweredNonces: number[],
): ValidationReport['request'] {
  return {
    n_total: coverage === 'every-replica' ? observations.length + unansweredNonces.length : nonces.length,
    probe: 'queued',
    batch_size: null,
    ...config.request,
    coverage,
    concurrency: 0,
  };
}

/** The reference of a run; if there is none, the reason. */
interface Found {
  reference: GoldenReference | null;
  why: string | null;
}

/** A trusted node's vectors are in the run's own folder. */
async function referenceOf(
  folder: string,
  config: ValidateConfig,
  given?: string | GoldenReference,
): Promise<Found> {
  if (config.challenge !== undefined) {
    const own = join(folder, CHALLENGE_FILE);
    if (existsSync(own)) return { reference: await loadGolden(own), why: null };
    return { reference: null, why: `${own} is not there` };
  }
  if (typeof given === 'object') return { reference: given, why: null };
  const path = given ?? config.reference.path;
  if (given === undefined && !existsSync(path)) return { reference: null, why: `${path} is not there` };
  const reference = await loadGolden(path, config.model);
  if (reference.sha256 === config.reference.sha256) return { reference, why: null };
  if (given === undefined) {
    const [was, is] = [config.reference.sha256, reference.sha256].map((sha256) => sha256.slice(0, 12));
    return { reference: null, why: `${path} is another file now (sha256 ${is}…, the run had ${was}…)` };
  }
  throw new AssayError(`reference ${path}: not the one of the run (other sha256)`, {
    advice: `give the file that was ${config.reference.path}`,
  });
}

function coverageOf({ request }: ValidateConfig, observations: Observation[]): JudgeInputs['coverage'] {
  if (request !== undefined) return request.coverage;
  const nonces = new Set(observations.map(({ nonce }) => nonce));
  return nonces.size < observations.length ? 'every-replica' : 'spread';
}

/** With every replica asked: the missing nonces of each replica that answered at all. */
function unansweredOf(
  nonces: number[],
  observations: Observation[],
  coverage: JudgeInputs['coverage'],
): number[] {
  if (coverage !== 'every-replica') return [];
  const answered = new Set(observations.map(({ nonce, replica }) => `${nonce}/${replica}`));
  const replicas = [...new Set(observations.map(({ replica }) => replica))];
  return replicas.flatMap((replica) => nonces.filter((nonce) => !answered.has(`${nonce}/${replica}`)));
}

function requireWholeRun(folder: string, config: ValidateConfig, nonces: number[]): void {
  const asked = config.reference.n_vectors;
  if (nonces.length >= asked) return;
  if (config.challenge !== undefined) {
    throw new AssayError(`run ${folder}: the vectors of the trusted node are not there`, {
      advice: `resume the run with assay validate --resume ${quoteForShell([folder])}`,
    });
  }
  throw new AssayError(
    `run ${folder}: the run asked for ${counted(asked, 'nonce')}, and knows only ${nonces.length} of them without the reference`,
    { advice: `put ${config.reference.path} back, or give it with --reference FILE` },
  );
}

/** A measurement counts once. No run writes a file with the same one twice. */
function requireOnceEach(
  folder: string,
  nonces: number[],
  observations: Observation[],
  coverage: JudgeInputs['coverage'],
): void {
  const asked = new Set(nonces);
  const seen = new Set<string>();
  for (const { nonce, replica, further } of observations) {
    // With `auto` a nonce counts once in the overall test, and once for each further replica.
    const isShared = coverage === 'spread' || (coverage === 'auto' && further !== true);
    const key = isShared ? String(nonce) : `${nonce} on replica ${replica}`;
    const wrong = seen.has(key) ? 'measured twice' : asked.has(nonce) ? null : 'never asked for';
    if (wrong !== null) {
      throw new AssayError(`${join(folder, OBSERVATIONS_FILE)}: nonce ${key}: ${wrong}`, {
        advice: 'judge the folder of one run, as it was written',
      });
    }
    seen.add(key);
  }
}
