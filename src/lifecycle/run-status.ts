import { ownerOf } from '../journal/folder-lock.js';
import { readJournal } from '../journal/journal.js';
import type { Owner } from '../journal/owner.js';
import { failureOf, nextStep } from '../network/switch/acts.js';
import { readSwitch } from '../network/switch/switch-folder.js';
import { momentText } from '../text/figures.js';
import { acts } from './acts/index.js';
import { type LifecycleEntry, type Round, type RunState, stateOf } from './entries.js';
import { type HostFile, readHostFile } from './host-file.js';
import { journalPath, runFolderOf, switchFolder } from './lifecycle-folder.js';
import { type MeasuredSpeeds, measuredIn } from './measured.js';
import { STEP_TEXT } from './step-text.js';

/** A run as another process sees it. */
export interface RunStatus extends RunState {
  /** The process that works on it; null when there is none. */
  owner: Owner | null;
  /** Heights of the present epoch. */
  steps: { name: string; title: string; state: 'done' | 'under way' | 'to come' | 'not needed' }[];
  nodes: { id: string; state: string }[];
}

/** Reads a run without changing it; undefined when there is none. */
export async function readRunStatus(hostFile: string): Promise<RunStatus | undefined> {
  const host = await readHostFile(hostFile);
  const folder = runFolderOf(hostFile);
  const entries = await readJournal<LifecycleEntry>(journalPath(folder));
  if (entries === undefined) return undefined;
  const state = stateOf(entries);
  const nodes = host.choice === 'deploy' ? host.ml_nodes : [];
  return {
    ...state,
    owner: (await ownerOf(folder)) ?? null,
    steps: stepsOf(host, state),
    nodes: await Promise.all(
      nodes.map(async ({ id }) => ({
        id,
        state: (await switchState(folder, id)) ?? weightsState(measuredIn(entries), id),
      })),
    ),
  };
}

function stepsOf(host: HostFile, { rounds, ending }: RunState): RunStatus['steps'] {
  const round = rounds.at(-1);
  return acts.map((act) => ({ name: act.name, title: act.title, state: stateIn(round, act) }));

  function stateIn(round: Round | undefined, { name, applies }: (typeof acts)[number]) {
    if (round?.results[name] !== undefined) return 'done';
    if (round?.underWay === name) return 'under way';
    const isOpen = round === undefined || ending === null;
    return isOpen && (round === undefined || isPossible(host, round, applies)) ? 'to come' : 'not needed';
  }
}

/** A step that depends on a later result may still be needed. */
function isPossible(host: HostFile, round: Round, applies: (typeof acts)[number]['applies']): boolean {
  if (applies(host, round)) return true;
  const { snapshot, switch: switched } = round.results;
  const guesses: Round['results'][] = [
    ...(snapshot === undefined
      ? [true, false].map((preEligible) => ({ snapshot: { preEligible, event: null } }))
      : []),
    ...(switched === undefined && snapshot?.preEligible !== false ? [{ switch: { nodes: [] } }] : []),
  ];
  return guesses.some((guess) => applies(host, { ...round, results: { ...round.results, ...guess } }));
}

/** The progress of a node's switch; undefined before it has begun. */
async function switchState(folder: string, id: string): Promise<string | undefined> {
  const entries = await readSwitch(switchFolder(folder, id), id);
  const [start] = entries;
  if (start?.act !== 'start') return undefined;
  const step = nextStep(start, entries);
  if (step !== 'done') return STEP_TEXT[step];
  const failure = failureOf(entries);
  return failure === undefined ? 'validated' : `back on the old config: ${failure.why}`;
}

function weightsState({ downloads }: MeasuredSpeeds, id: string): string {
  const seen = downloads.get(id);
  if (seen === undefined) return 'not touched';
  if (seen.end !== null) return 'has the weights';
  return `downloading the weights since ${momentText(new Date(seen.beganAt))}`;
}
