import { SEVERITY } from '../page/verdicts.js';
import type { Verdict } from '../run/report.js';
import { counted } from '../text/figures.js';
import { inLanguage } from '../text/language.js';
import { type Estimate, estimateOf } from './estimate.js';
import type { LiveFleet, LiveNode } from './state.js';

/** A fleet at one moment. */
export interface Moment {
  fleet: LiveFleet;
  /** Milliseconds since 1970. */
  now: number;
  estimate: Estimate;
}

export function momentOf(fleet: LiveFleet, now: number): Moment {
  return { fleet, now, estimate: estimateOf(fleet, now) };
}

/** Number of nodes per result: `3 nodes: 1 FAIL, 1 PASS, 1 under way`. */
export function summaryText({ nodes }: LiveFleet): string {
  const count = (wanted: Verdict) => nodes.filter(({ last }) => last?.verdict === wanted).length;
  const parts = [
    ...SEVERITY.flatMap((verdict) => (count(verdict) === 0 ? [] : [`${count(verdict)} ${verdict}`])),
    `${nodes.filter(({ doing }) => doing !== null).length} under way`,
    `${nodes.filter(({ last }) => last === null).length} not validated yet`,
  ];
  return `${counted(nodes.length, 'node')}: ${parts.join(', ')}`;
}

/** The progress of the round, and the start of the next: a sentence each. */
export function roundTexts({ fleet, now, estimate: { endAt } }: Moment): string[] {
  const { isRoundOn, nextRoundAt, blocksLeft } = fleet;
  const blocks = blocksLeft === null ? [] : [`${counted(blocksLeft, 'block')} before the next PoC.`];
  if (isRoundOn) {
    const left = endAt === null ? '' : `, ${aboutText(endAt - now)} left`;
    const next = nextRoundAt === null ? [] : [`Next round from ${clockText(nextRoundAt)} on.`];
    return [`A round is under way${left}.`, ...next, ...blocks];
  }
  return nextRoundAt === null
    ? ['No round is under way.', ...blocks]
    : [`Next round at ${clockText(nextRoundAt)}, in ${spanText(nextRoundAt - now)}.`, ...blocks];
}

/** Current progress of a node: `probe: 96 of 200 nonces`; a dash if there is none. */
export function doingText({ doing, isDue }: Pick<LiveNode, 'doing' | 'isDue'>): string {
  if (doing === null) return isDue ? 'waits' : '–';
  const { phase, progress } = doing;
  if (progress === null) return phase;
  return `${phase}: ${Math.floor(progress.done)} of ${Math.ceil(progress.total)} ${progress.unit}`;
}

/** The same in a short form: `probe 96/200`. */
export function shortDoingText(node: Pick<LiveNode, 'doing' | 'isDue'>): string {
  const { phase, progress } = node.doing ?? { phase: '', progress: null };
  if (progress === null) return doingText(node);
  return `${inLanguage(phase)} ${Math.floor(progress.done)}/${Math.ceil(progress.total)}`;
}

/** When the node is validated next. */
export function nextText(
  { id, doing, isDue }: Pick<LiveNode, 'id' | 'doing' | 'isDue'>,
  { fleet: { nextRoundAt }, estimate }: Moment,
): string {
  if (doing !== null) return 'now';
  if (isDue) {
    const start = estimate.startOf.get(id);
    return start === undefined ? 'this round' : `≈ ${clockText(start)}`;
  }
  return nextRoundAt === null ? '–' : clockText(nextRoundAt);
}

/** Time since the last PASS of a node. */
export function passText({ lastPassAt }: Pick<LiveNode, 'lastPassAt'>, now: number): string {
  return lastPassAt === null ? 'never' : `${spanText(now - lastPassAt)} ago`;
}

/** Details of a result: the reason if it is not a PASS, regressions and warnings. */
export function toldOf({ last }: Pick<LiveNode, 'last'>): string[] {
  if (last === null) return [];
  const reason = last.verdict === 'PASS' ? [] : [last.verdict_reason];
  return [...reason, ...(last.regressions ?? []), ...(last.warnings ?? [])];
}

/**
 * Failures first, then nodes without a verdict, then those with warnings, then the others in the order of the
 * file.
 */
export function orderOf({ nodes }: LiveFleet): number[] {
  const ranks = nodes.map((node) => {
    const { last } = node;
    if (last === null) return 2 * SEVERITY.length;
    const told = (last.regressions ?? []).length + (last.warnings ?? []).length;
    return 2 * SEVERITY.indexOf(last.verdict) - Number(told > 0);
  });
  return nodes.map((_, at) => at).sort((a, b) => (ranks[a] as number) - (ranks[b] as number) || a - b);
}

function aboutText(milliseconds: number): string {
  const span = spanText(milliseconds);
  return span.startsWith('less') ? span : `about ${span}`;
}

/** Rounded to minutes from one minute on, so that a row does not change every second. */
export function spanText(milliseconds: number): string {
  const minutes = Math.round(Math.max(0, milliseconds) / 60_000);
  if (minutes < 1) return 'less than a minute';
  return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

function clockText(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}
