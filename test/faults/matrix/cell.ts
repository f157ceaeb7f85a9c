import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Consequence } from '../../../src/batches/consequences.js';
import { AssayError } from '../../../src/errors.js';
import { findGolden } from '../../../src/golden/catalog.js';
import { checkGolden } from '../../../src/golden/load.js';
import { pocParamsOf } from '../../../src/golden/poc-params.js';
import type { GoldenReference } from '../../../src/golden/reference.js';
import { MlNodeClient } from '../../../src/mlnode/client.js';
import { recordVectors } from '../../../src/record/record-vectors.js';
import type { ValidateReport } from '../../../src/run/report.js';
import { artifactOf, type Kept } from '../../../src/schemes/scheme.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../../src/simulator/mlnode/index.js';
import type { ValidateOptions } from '../../../src/validate/options.js';
import { validateNode } from '../../../src/validate/validate-node.js';
import { head } from '../../support/golden.js';
import type { Fault } from './faults.js';
import { hostsFolder, startFront, trustsFront } from './front.js';
import { CHALLENGE, ruleOf, type Station } from './stations.js';

/** How often the fault strikes: `once` shows the repetition, `always` what is lost in the end. */
export type Persistence = 'once' | 'always';

export interface Cell {
  station: Station;
  fault: Fault;
  persistence: Persistence;
}

/** Limits and waits are cut to a tenth: what takes 10 s on a real network takes 1 s here. */
const PATIENCE = 0.1;
/** No cell may take longer, whatever its node does. */
const LIMIT_MS = 60_000;
/** A refused connection is there again before the repetitions are over. */
const OUTAGE_MS = 50;
const REPLICAS = 2;
/** A batch takes 1 ms. */
const WORKED_OFF_MS = 1_000;

const BATCH_SIZE = 32;
const BATCHES = 4;
const golden = head(await findGolden('moonshotai/Kimi-K2.6'), BATCHES * BATCH_SIZE);
const chains = await recordedChains();

/** A reference of the decode scheme, as another engine of the model records it. */
async function recordedChains(): Promise<GoldenReference> {
  const engine = await startMlNodeSimulator({ replicas: ['decode'], golden: [], batchTimeMs: 1 });
  const { block_hash, public_key, seq_len, model } = golden.file;
  const file = { model, seq_len, block_hash, public_key, scheme: 'decode', max_tokens: 16 };
  const stat_test = { dist_threshold: 0.025, p_mismatch: 0.003, fraud_threshold: 0.01 };
  const form = { ...file, stat_test, collection_batch_size: BATCH_SIZE };
  const nonces = golden.nonces;
  const { signal } = new AbortController();
  const node = new MlNodeClient(engine.url, signal, PATIENCE);
  const request = { node, params: pocParamsOf(form), form, nonces, batchSize: BATCH_SIZE };
  const vectors = await recordVectors({
    ...request,
    ...{ known: new Map(), timeoutSeconds: 60, patience: PATIENCE, signal, onBatch() {} },
  });
  await engine.close();
  const artifacts = nonces.map((nonce) => artifactOf(nonce, vectors.get(nonce) as Kept));
  return checkGolden({ ...form, artifacts }, 'chains.json', '0'.repeat(64));
}

/** Whether this process can bring the fault about; see `lookup.mjs` and `tls/`. */
export function isPossible({ fault }: Cell): boolean {
  if (fault.answer === 'no such host') return hostsFolder !== undefined;
  return fault.answer !== 'TLS expired' || trustsFront;
}

/**
 * Validates a simulated node through a front that brings the fault about.
 *
 * @param folder of the run, which must not be there yet
 * @returns what is not as the policy says; nothing when all is well
 */
export async function problemsOf(cell: Cell, folder: string): Promise<string[]> {
  const { station, fault, persistence } = cell;
  const isBehindTrusted = station.of === 'trusted node';
  const node = await simulate(station);
  const trusted = isBehindTrusted ? await simulate(station) : undefined;
  const strike = new Strike(cell);
  const front = await startFront(
    (trusted ?? node).url,
    fault,
    (request) => strike.meets(request),
    (request) => strike.passed(request),
  );
  const isConnectionFault = typeof fault.answer === 'string';
  strike.onArmed = async (armed) => {
    if (!isConnectionFault) return;
    await front.setDown(armed);
    const isMended = persistence === 'once' && isRepeated(cell);
    if (armed && isMended) setTimeout(() => strike.end(), OUTAGE_MS);
  };
  const options: ValidateOptions = {
    mlnodeUrl: isBehindTrusted ? node.url : front.url,
    ...(isBehindTrusted && { challenge: challengeBy(front.url, station) }),
    model: golden.file.model,
    reference: station.chains ? chains : golden,
    expDir: folder,
    patience: PATIENCE,
    warmupSeconds: 0,
    measureSeconds: 0.05,
    validationTimeoutSeconds: 50,
    deployTimeoutSeconds: 10,
    deployArgs: ['--tensor-parallel-size', '4'].map((value) => ({ value, source: 'test' })),
    ...station.options,
  };
  try {
    const expected = expectationOf(cell);
    const run = validateNode(options, { events: { phase: (phase) => strike.phase(phase) } });
    if (station.during === CHALLENGE && expected === 'run') return await refusalProblems(run, strike, cell);
    const { report } = await withinLimit(run);
    const left = generating(node).length > 0;
    const problems = [
      ...(isConnectionFault ? [] : countProblems(strike.count, cell, report)),
      ...outcomeProblems(report, expected, station),
      ...textProblems(report),
      ...keptProblems(report, folder),
      ...(left && !report.error?.includes('may still run') ? ['generation was left without a word'] : []),
      ...((await isWorkedOff(node)) ? [] : ['requests were left that the node does not work off']),
    ];
    strike.end();
    if (left) {
      const next = { ...probeNothing, expDir: `${folder}-next`, patience: PATIENCE };
      const after = await withinLimit(validateNode({ ...options, ...next }));
      if (generating(node).length > 0)
        problems.push(`the next run did not stop what was left generating: ${after.report.verdict_reason}`);
    }
    if (station.up && node.backends.length !== REPLICAS) problems.push('a replica is gone');
    if ('poisoned' in {}) problems.push('Object.prototype was changed');
    return problems;
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  } finally {
    strike.end();
    await front.close();
    await node.close();
    await trusted?.close();
  }
}

function simulate({ up, chains: isChains }: Station): Promise<MlNodeSimulator> {
  return startMlNodeSimulator({
    replicas: new Array(REPLICAS).fill(isChains ? 'decode' : 'exact'),
    golden: isChains ? [] : golden,
    batchTimeMs: 1,
    up,
    loadTimeMs: 20,
    healthIntervalMs: 50,
    joinIntervalMs: 5,
  });
}

/** Chains are checked by a trusted node; vectors that nobody knows are computed by it. */
function challengeBy(trustedUrl: string, { during }: Station): NonNullable<ValidateOptions['challenge']> {
  return during === CHALLENGE ? { trustedUrl, n: BATCHES * BATCH_SIZE, seed: 'matrix' } : { trustedUrl };
}

/** Without the vectors of the trusted node there is nothing to ask, and no run. */
async function refusalProblems(run: Promise<unknown>, strike: Strike, { station, fault, persistence }: Cell) {
  const failure = await withinLimit(run).then(
    () => 'it ran',
    (error: unknown) => (error instanceof AssayError ? error : error instanceof Error ? error.stack : error),
  );
  if (!(failure instanceof AssayError)) return [`expected to be refused, got ${String(failure)}`];
  const { retries } = ruleOf(station, fault);
  const most = persistence === 'once' ? 1 : BATCHES * (1 + retries);
  return [
    ...(typeof fault.answer === 'string' || (strike.count >= 1 && strike.count <= most)
      ? []
      : [`met ${strike.count} times, where 1 to ${most} are due`]),
    ...(/^the trusted node gave no vectors: [^\r\n]*; [^\r\n]+$/.test(failure.line)
      ? []
      : [`no cause and advice in one line: ${JSON.stringify(failure.line)}`]),
  ];
}

const probeNothing = {
  skipDownload: true,
  skipDeploy: true,
  skipThroughput: true,
  skipValidate: true,
};

/** When the fault strikes: from the station's conditions on, until its phase is over. */
class Strike {
  count = 0;
  onArmed: (armed: boolean) => Promise<void> | void = () => {};
  readonly #station: Station;
  readonly #once: boolean;
  #phase: string = CHALLENGE;
  #answers = 0;
  #armed = false;
  #over = false;

  constructor({ station, persistence }: Cell) {
    this.#station = station;
    this.#once = persistence === 'once';
    queueMicrotask(() => this.#arm());
  }

  phase(phase: string): void {
    if (this.#phase === this.#station.during && phase !== this.#phase) this.end();
    this.#phase = phase;
    this.#arm();
  }

  passed(request: string): void {
    if (this.#phase !== this.#station.during || !this.#station.after?.[1].test(request)) return;
    this.#answers++;
    this.#arm();
  }

  meets(request: string): boolean {
    if (!this.#armed || this.#over || !this.#station.strikes.test(request)) return false;
    this.count++;
    if (this.#once) this.#over = true;
    return true;
  }

  end(): void {
    if (this.#armed && !this.#over) this.onArmed(false);
    this.#over = true;
  }

  #arm(): void {
    const { during, after } = this.#station;
    if (this.#armed || this.#over || this.#phase !== during || this.#answers < (after?.[0] ?? 0)) return;
    this.#armed = true;
    this.onArmed(true);
  }
}

function isRepeated({ station, fault }: Cell): boolean {
  const { retries, again } = ruleOf(station, fault);
  return retries + again > 0;
}

function expectationOf(cell: Cell): Consequence {
  const { consequence } = ruleOf(cell.station, cell.fault);
  const { always } = cell.station;
  // A connection that is gone, and not asked for again, stays so.
  const isLasting =
    cell.persistence === 'always' || (typeof cell.fault.answer === 'string' && !isRepeated(cell));
  if (always !== undefined && isLasting && consequence !== 'nothing') return always.costs;
  return cell.persistence === 'once' && (isRepeated(cell) || consequence === 'wait')
    ? 'nothing'
    : consequence;
}

/** At most so many times the requests of the plan are asked with coverage `auto`. */
const FURTHER = 3;

/** A fault that strikes every time is met as often as the policy says, and no more. */
function countProblems(
  count: number,
  { station, fault, persistence }: Cell,
  report: ValidateReport,
): string[] {
  const { retries, again, consequence } = ruleOf(station, fault);
  const each = (1 + retries) * (1 + again) * (station.always?.times ?? 1);
  const lost = (report.validation?.unanswered_nonces.length ?? 0) / BATCH_SIZE;
  const [least, most] =
    // A phase that looks again does so until its time is over; what is no fault to us is met wherever it is.
    persistence === 'once' || consequence === 'wait' || consequence === 'nothing'
      ? [1, persistence === 'once' ? 1 : Number.POSITIVE_INFINITY]
      : consequence === 'batch'
        ? // Coverage `auto` asks further batches, in bounds, of a replica that answered nothing.
          [lost * each, FURTHER * BATCHES * each]
        : // Batches are under way side by side: the first that is lost ends the others.
          [each, station.phase === 'probe' || station.phase === 'self-check' ? BATCHES * each : each];
  // Cleaning up has a limit of its own, which may be over before.
  const isCut = station.phase === 'stop';
  return (count >= least || isCut) && count <= most
    ? []
    : [`met ${count} times, where ${least} to ${most} are due`];
}

function outcomeProblems(
  report: ValidateReport,
  expected: Consequence,
  { phase, chains: isChains, during }: Station,
): string[] {
  const told = `${report.verdict} (exit ${report.exit_code}): ${report.verdict_reason}; warnings: ${report.warnings.join(' | ')}`;
  const check = (isMet: boolean, what: string) => (isMet ? [] : [`expected ${what}, got ${told}`]);
  const warned = (text: string) => report.warnings.some((warning) => warning.includes(text));
  const isWhole = report.validation?.unanswered_nonces.length === 0;
  switch (expected) {
    case 'run':
    case 'wait':
      return check(
        report.verdict === 'INCOMPLETE' && report.exit_code === 1 && report.error !== null,
        'the run to end',
      );
    case 'phase':
      if (isChains) {
        const what = during === 'engine-check' ? "the trusted engine's check" : "the node's own check";
        return check(
          report.verdict === 'INCOMPLETE' && report.exit_code === 1 && warned(`${what} gave no result`),
          'a warning, and no verdict',
        );
      }
      return check(
        report.verdict === 'PASS' &&
          isWhole &&
          (phase === 'throughput'
            ? report.throughput === null && warned('throughput was not measured')
            : report.validation?.node_self_check === null && warned("the node's own check gave no result")),
        `a warning instead of ${phase}, and PASS`,
      );
    case 'batch':
      return check(
        report.verdict === 'INCOMPLETE' && report.exit_code === 1 && !isWhole && report.error === null,
        'nonces without an answer',
      );
    case 'nothing':
      return check(
        report.verdict === 'PASS' && report.exit_code === 0 && isWhole && !warned('gave no result'),
        'PASS',
      );
  }
}

/** What the user reads is one line each, tells where, and says what to do. */
function textProblems(report: ValidateReport): string[] {
  const { verdict, verdict_reason, warnings, error } = report;
  const broken = [verdict_reason, error ?? '', ...warnings].filter((text) => /[\r\n]/.test(text));
  const isMute = verdict === 'INCOMPLETE' && !/; \S/.test(error ?? verdict_reason);
  return [
    ...broken.map((text) => `more than a line: ${JSON.stringify(text)}`),
    ...(isMute ? [`no advice: ${error ?? verdict_reason}`] : []),
  ];
}

/** Every measurement of the report is on disk, and those before the fault are there. */
function keptProblems({ validation }: ValidateReport, folder: string): string[] {
  const file = join(folder, 'observations.jsonl');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  const told = validation?.decode?.chains.compared ?? validation?.response.n_total ?? 0;
  return [
    ...(lines.length === told ? [] : [`${lines.length} observations on disk, ${told} in the report`]),
    ...(validation !== null && told === 0 ? ['no observation was kept'] : []),
  ];
}

function generating(node: MlNodeSimulator): number[] {
  return node.backends.filter((port) => node.isGenerating(port));
}

/** Requests that were sent twice, or that the run did not see the end of, are few and end by themselves. */
async function isWorkedOff(node: MlNodeSimulator): Promise<boolean> {
  const isDone = () => node.backends.every((port) => node.queuedNonces(port) === 0);
  for (let waited = 0; waited < WORKED_OFF_MS && !isDone(); waited += 20) await sleep(20);
  return isDone();
}

async function withinLimit<T>(run: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  try {
    return await Promise.race([run, limit]);
  } finally {
    clearTimeout(timer);
  }
}
