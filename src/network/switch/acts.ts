import type { ListedState } from '../admin-client.js';
import type { Reach } from '../reach.js';

/** Entries in the journal of a switch: one before and one after each act that changes something. */
export type SwitchEntry =
  | ({ act: 'start'; at: string } & SwitchPlan)
  | { act: 'apply' | 'rollback'; at: string; stage: 'begin'; state: ListedState; calls?: string | null }
  | { act: 'apply' | 'rollback'; at: string; stage: 'end'; ok: true }
  | { act: 'apply'; at: string; stage: 'end'; ok: false; why: string; exitCode: number }
  | { act: 'serve' | 'validate' | 'serve-old'; at: string; stage: 'end'; ok: true; text: string }
  | {
      act: 'serve' | 'validate' | 'serve-old';
      at: string;
      stage: 'end';
      ok: false;
      why: string;
      exitCode: number;
    };

/** The settings of a switch; a resumed switch uses the same ones. */
export type SwitchPlan = {
  id: string;
  /** Without credentials. */
  adminUrl: string;
  rollback: boolean;
  validate: boolean;
  timeoutMs: number;
  /** URL at which this machine reaches the node; without credentials. */
  reach?: Reach;
  /** File of the reference for its validation; absent: the one that fits the node. */
  reference?: string;
  /** A further name that the user expects from the node. */
  servedAs?: string;
};

export type SwitchStep = 'apply' | 'serve' | 'validate' | 'rollback' | 'serve-old' | 'done';

type Failure = Extract<SwitchEntry, { ok: false }>;

/** The next step, derived from the entries so far. */
export function nextStep(plan: SwitchPlan, entries: readonly SwitchEntry[]): SwitchStep {
  const ended = (act: SwitchEntry['act']) =>
    entries.find((entry) => entry.act === act && 'stage' in entry && entry.stage === 'end');
  if (ended('serve-old') !== undefined) return 'done';
  if (ended('rollback') !== undefined) return 'serve-old';
  if (failureOf(entries) !== undefined) return plan.rollback ? 'rollback' : 'done';
  if (ended('apply') === undefined) return 'apply';
  if (ended('serve') === undefined) return 'serve';
  return plan.validate && ended('validate') === undefined ? 'validate' : 'done';
}

/** Why the new config failed; undefined while it has not failed. */
export function failureOf(entries: readonly SwitchEntry[]): Failure | undefined {
  return entries.find((entry): entry is Failure => 'ok' in entry && !entry.ok && entry.act !== 'serve-old');
}

/** The network node's status of the node when an act began; undefined when the act has not begun. */
export function stateAtBegin(
  entries: readonly SwitchEntry[],
  act: 'apply' | 'rollback',
): ListedState | undefined {
  const begin = entries.find((entry) => entry.act === act && 'state' in entry);
  return begin !== undefined && 'state' in begin ? begin.state : undefined;
}

/** The ML node's name for its model when an act began; null where it was not reported. */
export function callsAtBegin(entries: readonly SwitchEntry[], act: 'apply' | 'rollback'): string | null {
  const begin = entries.find((entry) => entry.act === act && 'state' in entry);
  return (begin !== undefined && 'calls' in begin ? begin.calls : null) ?? null;
}
