import type { BlockPace } from '../../chain/block-pace.js';
import type { MlNodeClient } from '../../mlnode/client.js';
import { known } from '../../network/known.js';
import type { Weights } from '../../run/report.js';
import { type Progress, startProgress } from '../../terminal/progress.js';
import { roughDurationText } from '../../text/duration.js';
import type { ValidateEvents } from '../../validate/options.js';
import { whyTooLate } from '../forecast-downloads.js';
import { type LifecycleRun, loadTimeOf, record } from '../lifecycle-run.js';
import { downloadLeftS, gainOf, measuredIn, sizeOfWeights } from '../measured.js';

/** A download that is watched. */
export interface DownloadWatch {
  events: ValidateEvents;
  /** The weights are complete; the argument says what `download` did for that. */
  end(action: string | undefined): Promise<void>;
  /** The watching ends; the download may continue. */
  stop(): void;
}

/** The node, and the weights that it downloads. */
interface Downloading {
  id: string;
  client: MlNodeClient;
  weights: Weights;
}

/**
 * Records in the journal when a node's download begins and ends. Shows the progress, and whether the node can
 * load and be validated before PoC start.
 */
export async function watchDownload(
  run: LifecycleRun,
  downloading: Downloading,
  { pocStartHeight, pace }: { pocStartHeight: number; pace: BlockPace },
): Promise<DownloadWatch> {
  const pocStartsAt = Date.now() + (pocStartHeight - pace.height) * pace.msPerBlock;
  const watcher = new DownloadWatcher(run, downloading, pocStartsAt);
  await watcher.begin();
  return watcher;
}

class DownloadWatcher implements DownloadWatch {
  readonly #run: LifecycleRun;
  readonly #node: Downloading;
  readonly #pocStartsAt: number;
  readonly #watchedFrom = Date.now();
  #shown: { progress: Progress; total: number | null; unit: string } | undefined;
  #isLate = false;
  #isLooking = false;
  #isOver = false;

  constructor(run: LifecycleRun, node: Downloading, pocStartsAt: number) {
    this.#run = run;
    this.#node = node;
    this.#pocStartsAt = pocStartsAt;
  }

  readonly events: ValidateEvents = {
    progress: ({ note }) => {
      if (this.#isLooking) return;
      this.#isLooking = true;
      this.#look(note)
        // What ends the watching also ends the download, and is reported there.
        .catch(() => {})
        .finally(() => {
          this.#isLooking = false;
        });
    },
  };

  async begin(): Promise<void> {
    const { id, client, weights } = this.#node;
    if (this.#seen()?.end === null) return;
    const status = await valueOr(null, client.modelStatus(weights.repository, weights.commit));
    if (status === null || status.status === 'DOWNLOADED') return;
    const cacheGb = await this.#cacheGb();
    // A look may have asked before the end and be answered after it.
    if (this.#isOver) return;
    await record(this.#run, {
      act: 'download',
      stage: 'begin',
      id,
      status: status.status,
      elapsedS: status.progress?.elapsed_seconds ?? 0,
      cacheGb,
    });
  }

  async end(action: string | undefined): Promise<void> {
    this.#isOver = true;
    if (this.#seen()?.end !== null) return;
    const { id } = this.#node;
    const isSeen = action === 'downloaded';
    if (this.#shown?.total != null) this.#shown.progress.update(this.#shown.total);
    const cacheGb = await this.#cacheGb();
    await record(this.#run, { act: 'download', stage: 'end', id, cacheGb, isSeen });
  }

  stop(): void {
    this.#isOver = true;
    this.#shown?.progress.stop();
  }

  async #look(note = ''): Promise<void> {
    // A busy node may not have answered at first.
    await this.begin();
    const now = { at: Date.now(), cacheGb: await this.#cacheGb() };
    const own = this.#seen();
    if (this.#isOver) return;
    const gained = own === undefined ? null : gainOf(own, now);
    const beganAt = own?.beganAt ?? this.#watchedFrom;
    const done = gained === null ? Math.round((now.at - beganAt) / 1000) : Math.round(gained * 10) / 10;
    const leftS = downloadLeftS(this.#measured(), this.#node.id, now, this.#run.host.weights_gb);
    this.#show(gained === null ? 's' : 'GB').update(
      done,
      leftS === null || this.#shown?.total != null ? note : `${roughDurationText(leftS)} left`,
    );
    this.#judge(leftS, now.at);
  }

  /** A new bar once the size is known. */
  #show(unit: string): Progress {
    const { terminal, host } = this.#run;
    const total = unit === 'GB' ? sizeOfWeights(this.#measured(), host.weights_gb) : null;
    if (this.#shown?.total === total && this.#shown.unit === unit) return this.#shown.progress;
    this.#shown?.progress.clear();
    const progress = startProgress(terminal, { label: `${this.#node.id}: weights`, total, unit });
    this.#shown = { progress, total, unit };
    return progress;
  }

  /** Printed when it changes, so that the user has time to act. */
  #judge(leftS: number | null, now: number): void {
    if (leftS === null) return;
    const { id } = this.#node;
    const why = whyTooLate(leftS, loadTimeOf(this.#run), (this.#pocStartsAt - now) / 1000);
    if ((why !== undefined) === this.#isLate) return;
    this.#isLate = why !== undefined;
    this.#run.terminal.say(
      why === undefined
        ? `${id}: its weights will be there in time, in ${roughDurationText(leftS)}`
        : `${id}: warning: too late to switch it in this epoch, at this speed: ${why}`,
    );
  }

  #measured() {
    return measuredIn(this.#run.journal.entries);
  }

  #seen() {
    return this.#measured().downloads.get(this.#node.id);
  }

  #cacheGb(): Promise<number | null> {
    return valueOr(null, this.#node.client.weightsGb());
  }
}

/** For a node that cannot report progress, only the clock counts. */
async function valueOr<T>(otherwise: T, answer: Promise<T>): Promise<T> {
  const told = await known(() => answer);
  return 'value' in told ? told.value : otherwise;
}
