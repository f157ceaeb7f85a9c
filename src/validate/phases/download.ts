import { consequenceOf } from '../../batches/consequences.js';
import { AssayError } from '../../errors.js';
import { clip } from '../../http/detail.js';
import { askedToWait, HttpFault, type Outcome } from '../../http/fault.js';
import { growingDelay, pause } from '../../http/retry.js';
import type { ModelStatus } from '../../mlnode/answers.js';
import type { MlNodeClient } from '../../mlnode/client.js';
import { askWeights, type WeightsStatus } from '../../network/ask-weights.js';
import { commitText, weightsOf } from '../../network/names.js';
import type { PhaseReport, Weights } from '../../run/report.js';
import { secondsSince, type ValidateContext } from '../context.js';
import { endsRun, type Phase } from './phase.js';

const LONGEST_POLL_MS = 5_000;

/** Makes sure that the node has the weights, unless the model is running and so has them. */
export const downloadPhase: Phase = {
  name: 'download',
  isWanted: ({ options }) => options.skipDownload !== true,
  async run(context, { phases }) {
    const isUp = (phases.preflight?.replicas.length ?? 0) > 0;
    return { phases: { download: isUp ? { action: 'not_needed', elapsed_s: 0 } : await download(context) } };
  },
  consequence: endsRun,
};

type DownloadContext = Pick<
  ValidateContext,
  'node' | 'options' | 'events' | 'signal' | 'until' | 'patience' | 'warn'
>;

/** Makes sure that the model's weights are on the node. */
export async function download(context: DownloadContext): Promise<PhaseReport> {
  const start = performance.now();
  const { options, events, signal, patience, warn } = context;
  const limitSeconds = options.downloadTimeoutSeconds ?? 7200;
  const until = start + 1000 * limitSeconds;
  const node = context.node.within({ signal, until: Math.min(until, context.until) });
  let weights = weightsOf(options.model, options.served, await registered(context));
  const done = (action: string): PhaseReport => ({ action, elapsed_s: secondsSince(start), weights });
  events.note?.(`weights: ${weights.repository}, ${commitText(weights)}`);
  const nextDelay = growingDelay(patience * LONGEST_POLL_MS);
  let started = false;
  /** The node accepted a download from us. An error before that belongs to an earlier download. */
  let isOurs = false;
  for (;;) {
    let busy: Busy | undefined;
    const asked: WeightsStatus | Busy = await unlessBusy(ask(node, options.model, weights, started));
    const status: Busy | ModelStatus | null = asked instanceof Busy ? asked : asked.status;
    if (!(asked instanceof Busy)) weights = asked.weights;
    if (status === null) {
      warn("the node's version does not report whether the weights are downloaded");
      return done('not_told');
    }
    const hasFailed = status.error_message != null && status.status !== 'DOWNLOADED';
    if (hasFailed && isOurs) {
      throw new AssayError(`the download failed on the node: ${clip(status.error_message ?? '')}`, {
        advice:
          'check disk space and network of the node, or load the weights by hand and use --skip-download',
      });
    }
    if (status.status === 'DOWNLOADED') return done(started ? 'downloaded' : 'already_downloaded');
    if (status instanceof Busy) busy = status;
    else if (hasFailed || (!started && status.status !== 'DOWNLOADING')) {
      const begun = await startDownload(node, weights);
      if (begun instanceof Busy) busy = begun;
      else isOurs = begun === 'ours';
    }
    started ||= busy === undefined;

    const state = clip(status.status);
    const leftMs = until - performance.now();
    const retryAfterMs = busy?.retryAfterMs ?? 0;
    const askedMs = patience * retryAfterMs;
    if (leftMs <= 0 || askedMs > leftMs) {
      const after = leftMs <= 0 ? `after ${limitSeconds} s` : askedToWait(retryAfterMs);
      throw new AssayError(
        `the weights (${weights.repository}, ${commitText(weights)}) are still ${state} ${after}`,
        {
          advice: 'the download continues; run again, or give a longer --download-timeout',
        },
      );
    }
    const elapsed = Math.round(secondsSince(start));
    events.progress?.({
      phase: 'download',
      done: elapsed,
      total: limitSeconds,
      unit: 's',
      isLimit: true,
      note: state,
    });
    await pause(Math.min(leftMs, Math.max(nextDelay(), askedMs)), signal);
  }
}

/** The weights that governance registered; the head of the branch where the registry cannot be read. */
async function registered({ options, warn }: DownloadContext) {
  try {
    return await options.registered?.();
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    warn(`the chain's commit is not known: ${error.message}`);
    return undefined;
  }
}

/** Before a download, looks for weights that are on the node under another commit. */
async function ask(
  node: MlNodeClient,
  model: string,
  weights: Weights,
  started: boolean,
): Promise<WeightsStatus> {
  const status = ({ repository, commit }: Weights) => node.modelStatus(repository, commit);
  return started ? { status: await status(weights), weights } : askWeights(status, model, weights);
}

/**
 * @returns why the download is not known to have begun, otherwise whose it is: somebody else may have begun
 * it before
 */
async function startDownload(
  node: MlNodeClient,
  { repository, commit }: Weights,
): Promise<Busy | 'ours' | 'theirs'> {
  const task = await unlessBusy(node.startDownload(repository, commit));
  if (task instanceof Busy) return task.outcome === 'conflict' ? 'theirs' : task;
  if (task.status !== 'IGNORED') return 'ours';
  throw new AssayError('the node is in offline mode and does not download', {
    advice: 'copy the weights to the node by hand; if they are there and complete, use --skip-download',
  });
}

/** An answer that means: poll again. */
class Busy {
  readonly status = 'not known (the node is busy)';
  readonly error_message = null;
  readonly outcome: Outcome;
  readonly retryAfterMs: number | undefined;

  constructor({ outcome, retryAfterMs }: HttpFault) {
    this.outcome = outcome;
    this.retryAfterMs = retryAfterMs;
  }
}

/** 409: this model is downloading already; 429: three others are. Both end after some time. */
async function unlessBusy<T>(answer: Promise<T>): Promise<T | Busy> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof HttpFault && consequenceOf('download', error.outcome) === 'wait')
      return new Busy(error);
    throw error;
  }
}
