import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AssayError } from '../../errors.js';
import { loadGolden } from '../../golden/load.js';
import type { GoldenReference } from '../../golden/reference.js';
import { OBSERVATIONS_FILE } from '../../run/files.js';
import { readConfig, readReportOf } from '../../run/read.js';
import { referenceThresholds } from '../../run/reference-thresholds.js';
import type { ValidateConfig, ValidateReport } from '../../run/report.js';
import { resolveStatTest } from '../../run/thresholds.js';
import { aboutRun } from '../../run/warnings.js';
import { askedOfTrusted, CHALLENGE_FILE, type Challenge, drawChallenge } from '../../validate/challenge.js';
import { readEarlierRun } from '../../validate/earlier-run.js';
import { configOf, requestConfigOf } from '../../validate/inputs.js';
import { judgeObserved } from '../../validate/judge-run.js';
import { knownFields } from '../../validate/known.js';
import { reportOf } from '../../validate/report-of.js';
import { readSavedRun, type SavedRun } from '../../validate/saved-run.js';
import { held } from '../../verdict/assertions.js';
import type { FleetJob } from './job.js';

/**
 * Judges a run that a worker sent. The run must be the result of its job; its vectors are measured again, and
 * verdict and exit code follow from them. The worker's own verdict is not used.
 *
 * @param folder of the run's files
 * @param golden the reference of the job
 * @param ownBaseline folder of the node's own last PASS
 * @throws AssayError when it is the run of another job
 */
export async function judgeResult(
  folder: string,
  job: FleetJob,
  golden: GoldenReference,
  ownBaseline?: string,
): Promise<ValidateReport> {
  const sent = await readReportOf(folder);
  const reference = await vectorsOf(folder, job, golden, sent.config);
  const config = {
    ...(await expectedConfig(job, reference)),
    ...(ownBaseline !== undefined && { own_baseline: ownBaseline }),
  };
  for (const one of [await readConfig(folder), sent.config]) requireSameJob(job, one, config);
  if (!existsSync(join(folder, OBSERVATIONS_FILE))) return withoutMeasurements(sent, config, job);

  const { inputs, observed }: SavedRun = await readSavedRun(folder, reference);
  const earlier = await readEarlierRun(ownBaseline);
  const own = {
    ...inputs,
    ownBaseline: earlier.run,
    config: { ...config, harness_version: sent.config.harness_version },
    coverage: requestConfigOf(job.options, reference.file).coverage,
    strict: job.options.strict ?? false,
  };
  const seen = {
    ...observed,
    ...(earlier.why !== null && { warnings: [...observed.warnings, aboutRun(earlier.why)] }),
    ending: observed.ending && { ...observed.ending, exitCode: 1 },
  };
  const judged = reportOf(own, seen, judgeObserved(own, seen));
  if (judged.verdict === sent.verdict) return judged;
  const doubt = aboutRun(
    `the worker sent ${sent.verdict} (${sent.verdict_reason}), which does not follow from its measurements`,
  );
  const doubted = { ...seen, warnings: [...seen.warnings, doubt] };
  return reportOf(own, doubted, judgeObserved(own, doubted));
}

/**
 * A run that asked for no vectors cannot be judged: it is neither PASS nor FAIL, also if its report says so.
 */
function withoutMeasurements(sent: ValidateReport, config: ValidateConfig, job: FleetJob): ValidateReport {
  const isSkipped = job.options.skipValidate === true && sent.verdict === 'SKIPPED';
  if (!isSkipped && sent.verdict !== 'INCOMPLETE')
    throw new AssayError(`a worker sent ${sent.verdict} without a measurement`, {
      advice: 'see who else writes into the queue',
    });
  return held({ ...sent, config, validation: null, exit_code: isSkipped ? 0 : 1 }, config.assertions);
}

/**
 * The reference vectors of a job, or those of its challenge: the trusted node's vectors for the nonces that
 * the seed draws. Nothing else in the worker's file is used: thresholds are those of the reference.
 */
async function vectorsOf(
  folder: string,
  { options }: FleetJob,
  golden: GoldenReference,
  sent: ValidateConfig,
): Promise<GoldenReference> {
  const { challenge } = options;
  if (challenge?.n === undefined) return golden;
  const kept = join(folder, CHALLENGE_FILE);
  if (!existsSync(kept)) {
    // A run without vectors of the trusted node has asked its node for nothing.
    if (existsSync(join(folder, OBSERVATIONS_FILE))) throw otherJob('challenge');
    return golden;
  }
  const seed = challenge.seed ?? sent.challenge?.seed ?? '';
  const { nonces, blockHash } = drawChallenge(seed, challenge.n);
  const { artifacts, nonces: answered, vectors, file } = await loadGolden(kept);
  if (JSON.stringify(answered) !== JSON.stringify(nonces)) throw otherJob('challenge');
  const asked = askedOfTrusted(golden.file, blockHash, options.validationBatchSize);
  for (const [name, value] of Object.entries(asked)) {
    const sentValue = file[name as keyof typeof file];
    if (name !== 'source' && JSON.stringify(sentValue) !== JSON.stringify(value)) throw otherJob('challenge');
  }
  const { source } = file;
  return {
    ...{ path: golden.path, sha256: golden.sha256, warnings: golden.warnings },
    ...{ file: { ...asked, ...(source !== undefined && { source }) }, artifacts, nonces, vectors },
  };
}

async function expectedConfig({ options }: FleetJob, reference: GoldenReference): Promise<ValidateConfig> {
  const statTest = resolveStatTest([
    await referenceThresholds(reference.file),
    ...(options.thresholds ?? []),
  ]);
  const challenge = options.challenge?.n === undefined ? undefined : (options.challenge as Challenge);
  const known = await knownFields(reference);
  return configOf(options, reference, { statTest, ownPublicKey: options.ownPublicKey, known, challenge });
}

function requireSameJob({ options }: FleetJob, sent: ValidateConfig, wanted: ValidateConfig): void {
  const parts: [what: string, part: (config: ValidateConfig) => unknown][] = [
    ['node', ({ node_id, mlnode_url }) => [node_id, mlnode_url.replace('://***@', '://')]],
    ['model', ({ model }) => model],
    ['reference', ({ reference: { sha256, n_vectors } }) => [sha256, n_vectors]],
    ['PoC parameters', ({ poc_params }) => Object.entries(poc_params).sort()],
    ['set of thresholds', ({ stat_test }) => Object.entries(stat_test.values).sort()],
    ['way of probing', ({ request }) => request],
    ['set of deploy arguments', ({ deploy }) => deploy],
    ['key', ({ own_public_key }) => own_public_key],
    [
      'challenge',
      // Without a seed from the command each run draws its own.
      ({ challenge }) =>
        challenge && [
          options.challenge?.seed && challenge.seed,
          challenge.n,
          challenge.trusted_url.replace('://***@', '://'),
        ],
    ],
  ];
  for (const [what, part] of parts) {
    if (JSON.stringify(part(sent)) !== JSON.stringify(part(wanted))) throw otherJob(what);
  }
}

function otherJob(what: string): AssayError {
  return new AssayError(`a worker sent the result of another job: it was made with another ${what}`, {
    advice: 'see who else writes into the queue, and validate the node again',
  });
}
