import { largest, smallest } from '../extremes.js';
import type { LifecycleEntry } from './entries.js';

/** A download according to the journal. */
interface SeenDownload {
  /**
   * Milliseconds since 1970; the start that the node reports, where it does, and not the start of the
   * watching.
   */
  beganAt: number;
  seenFrom: number;
  /** Size of all weights on the node when the watching began; null where the node does not report it. */
  cacheGb: number | null;
  /**
   * State of the weights at that time. After `NOT_FOUND` the download is the whole size; after `PARTIAL` its
   * size is unknown.
   */
  status: string;
  end: { at: number; cacheGb: number | null } | null;
}

/** What a run has measured of the speed of its nodes. */
export interface MeasuredSpeeds {
  /** The longest load with its validation, in seconds; null before the first one. */
  loadS: number | null;
  downloads: Map<string, SeenDownload>;
}

/** The progress of a download at one moment. */
export interface DownloadLook {
  /** Milliseconds since 1970. */
  at: number;
  /** Present size of all weights on the node; null where the node does not report it. */
  cacheGb: number | null;
}

/** Collects the measurements of all epochs of a run. */
export function measuredIn(entries: readonly LifecycleEntry[]): MeasuredSpeeds {
  const measured: MeasuredSpeeds = { loadS: null, downloads: new Map() };
  for (const entry of entries) {
    const at = Date.parse(entry.at);
    if (entry.act === 'load') measured.loadS = Math.max(measured.loadS ?? 0, entry.seconds);
    else if (entry.act === 'download' && entry.stage === 'begin') {
      const { id, status, elapsedS, cacheGb } = entry;
      measured.downloads.set(id, {
        beganAt: at - elapsedS * 1000,
        seenFrom: at,
        cacheGb,
        status,
        end: null,
      });
    } else if (entry.act === 'download') {
      const seen = measured.downloads.get(entry.id);
      if (seen !== undefined && entry.isSeen) seen.end = { at, cacheGb: entry.cacheGb };
      // The duration of a download that ended unwatched is not known.
      else measured.downloads.delete(entry.id);
    }
  }
  return measured;
}

/**
 * The size of the weights in GB: from the host file, or from the largest download that was watched from start
 * to end.
 */
export function sizeOfWeights({ downloads }: MeasuredSpeeds, told: number | undefined): number | null {
  if (told !== undefined) return told;
  const sizes = [...downloads.values()].flatMap((seen) => {
    const { status, end } = seen;
    return (status === 'NOT_FOUND' && end !== null && gainOf(seen, end)) || [];
  });
  return sizes.length === 0 ? null : largest(sizes);
}

/** GB downloaded to a node since its download was first seen; null where the node does not report it. */
export function gainOf(seen: SeenDownload, { cacheGb }: Pick<DownloadLook, 'cacheGb'>): number | null {
  if (seen.cacheGb === null || cacheGb === null) return null;
  return cacheGb < seen.cacheGb ? null : cacheGb - seen.cacheGb;
}

/**
 * Seconds until the weights are complete on a node. By size and speed, where both were seen; else by the time
 * that another node took. A node that has not begun counts as slow as the slowest one. null: there are no
 * measurements.
 */
export function downloadLeftS(
  measured: MeasuredSpeeds,
  id: string,
  now: DownloadLook,
  told: number | undefined,
): number | null {
  const own = measured.downloads.get(id);
  const sizeGb = sizeOfWeights(measured, told);
  const gained = (own && gainOf(own, now)) ?? 0;
  const speed = (own && speedOf(own, now)) ?? slowest([...measured.downloads.values()]);
  if (sizeGb !== null && speed !== null) return Math.max(0, sizeGb - gained) / speed;
  const took = [...measured.downloads.values()].flatMap(({ beganAt, status, end }) =>
    end === null || status === 'PARTIAL' ? [] : [(end.at - beganAt) / 1000],
  );
  const elapsedS = own === undefined ? 0 : (now.at - own.beganAt) / 1000;
  const longest = largest(took);
  // A download that is slower than all others gives no estimate of its end.
  return took.length > 0 && elapsedS < longest ? longest - elapsedS : null;
}

/** GB per second. */
function speedOf(seen: SeenDownload, look: DownloadLook): number | null {
  const gained = gainOf(seen, look);
  const seconds = (look.at - seen.seenFrom) / 1000;
  return gained === null || gained === 0 || seconds <= 0 ? null : gained / seconds;
}

function slowest(downloads: SeenDownload[]): number | null {
  const speeds = downloads.flatMap((seen) => (seen.end && speedOf(seen, seen.end)) ?? []);
  return speeds.length === 0 ? null : smallest(speeds);
}
