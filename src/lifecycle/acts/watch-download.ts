import type { BlockPace } from '../../chain/block-pace.js';
import type { MlNodeClient } from '../../mlnode/client.js';
import { known } from '../../network/known.js';
import { type Progress, startProgress } from '../../terminal/progress.js';
import { timeText } from '../../text/duration.js';
import type { ValidateEvents } from '../../validate/options.js';
import { whyTooLate } from '../forecast-downloads.js';
import { type LifecycleRun, loadTimeOf, record } from '../lifecycle-run.js';
import { downloadLeftS, gainOf, measuredIn, sizeOfWeights } from '../measured.js';

/** A download that is looked at while it goes on. */
export interface DownloadWatch {
  events: ValidateEvents;
  /** The weights are there, by what `download` did for it. */
  end(action: string | undefined): Promise<void>;
  /** Nobody looks any more; the download may go on. */
  stop(): void;
}

/**
 * Keeps in the journal when a node's download begins and ends, and shows how far it is, and whether its node can
 * load and be validated before PoC start.
 */
export async function watchDownload(
  run: LifecycleRun,
  id: string,
  { client, repository }: { client: MlNodeClient; repository: string },
  { pocStartHeight, pace }: { pocStartHeight: number; pace: BlockPace },
): Promise<DownloadWatch> {
  const { terminal, host } = run;
  const measured = () => measuredIn(run.journal.entries);
  const seen = () => measured().downloads.get(id);
  const cacheGb = () => valueOr(null, client.weightsGb());
  const pocStartsAt = Date.now() + (pocStartHeight - pace.height) * pace.msPerBlock;
  const watchedFrom = Date.now();
  await begin();
  let shown: { progress: Progress; total: number | null; unit: string } | undefined;
  let isLate = false;
  let isLooking = false;
  let isOver = false;

  return {
    events: {
      progress({ note }) {
        if (isLooking) return;
        isLooking = true;
        look(note)
          // What ends the looking ends the download as well, and is told there.
          .catch(() => {})
          .finally(() => {
            isLooking = false;
          });
      },
    },
    async end(action) {
      if (seen()?.end !== null) return;
      const isSeen = action === 'downloaded';
      if (shown?.total != null) shown.progress.update(shown.total);
      await record(run, { act: 'download', stage: 'end', id, cacheGb: await cacheGb(), isSeen });
    },
    stop() {
      isOver = true;
      shown?.progress.stop();
    },
  };

  async function begin(): Promise<void> {
    if (seen()?.end === null) return;
    const status = await valueOr(null, client.modelStatus(repository));
    if (status === null || status.status === 'DOWNLOADED') return;
    await record(run, {
      act: 'download',
      stage: 'begin',
      id,
      status: status.status,
      elapsedS: status.progress?.elapsed_seconds ?? 0,
      cacheGb: await cacheGb(),
    });
  }

  async function look(note = ''): Promise<void> {
    // A node that is busy may not have told at first.
    await begin();
    const now = { at: Date.now(), cacheGb: await cacheGb() };
    const own = seen();
    if (isOver) return;
    const gained = own === undefined ? null : gainOf(own, now);
    const beganAt = own?.beganAt ?? watchedFrom;
    const done = gained === null ? Math.round((now.at - beganAt) / 1000) : Math.round(gained * 10) / 10;
    const leftS = downloadLeftS(measured(), id, now, host.weights_gb);
    show(gained === null ? 's' : 'GB').update(
      done,
      leftS === null || shown?.total != null ? note : `${timeText(leftS)} left`,
    );
    judge(leftS, now.at);
  }

  /** Another one once the size is known. */
  function show(unit: string): Progress {
    const total = unit === 'GB' ? sizeOfWeights(measured(), host.weights_gb) : null;
    if (shown?.total === total && shown.unit === unit) return shown.progress;
    shown?.progress.clear();
    shown = { progress: startProgress(terminal, { label: `${id}: weights`, total, unit }), total, unit };
    return shown.progress;
  }

  /** Told when it changes, so that there is time to do something about it. */
  function judge(leftS: number | null, now: number): void {
    if (leftS === null) return;
    const why = whyTooLate(leftS, loadTimeOf(run), (pocStartsAt - now) / 1000);
    if ((why !== undefined) === isLate) return;
    isLate = why !== undefined;
    terminal.say(
      why === undefined
        ? `${id}: its weights will be there in time after all, in ${timeText(leftS)}`
        : `${id}: warning: too late to switch it in this epoch, at this speed: ${why}`,
    );
  }
}

/** A node that cannot tell is watched by the clock alone. */
async function valueOr<T>(otherwise: T, answer: Promise<T>): Promise<T> {
  const told = await known(() => answer);
  return 'value' in told ? told.value : otherwise;
}
