import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockPace } from '../chain/block-pace.js';
import { type Patience, patiently } from '../chain/patience.js';
import { type ChainView, readChainView } from '../chain/view.js';
import { AssayError } from '../errors.js';
import type { Journal } from '../journal/journal.js';
import type { AdminClient } from '../network/admin-client.js';
import type { NodeObject } from '../network/node-object.js';
import { askYesNo } from '../terminal/prompt.js';
import type { Terminal } from '../terminal/terminal.js';
import type { LifecycleEntry } from './entries.js';
import { givenLoadTime, type HostFile } from './host-file.js';
import { measuredIn } from './measured.js';

/** What all steps of a run need. */
export interface LifecycleRun {
  host: HostFile;
  /** The node objects of the new model; empty unless nodes are switched. */
  nodes: NodeObject[];
  nodeUrl: string;
  /** The folder for all files of the run. */
  folder: string;
  journal: Journal<LifecycleEntry>;
  admin: AdminClient;
  terminal: Terminal;
  signal: AbortSignal;
  /** Warnings before a transaction are accepted. */
  acceptWarnings: boolean;
  /** Names of the checks that may fail. */
  forced: string[];
  /** Waits for a height, and shows the progress. */
  waitFor(label: string, height: number, pace: BlockPace): Promise<number>;
}

type Unstamped<E> = E extends unknown ? Omit<E, 'at'> : never;

/** Resolves when the entry is on the disk. */
export async function record({ journal }: LifecycleRun, entry: Unstamped<LifecycleEntry>): Promise<void> {
  await journal.append({ at: new Date().toISOString(), ...entry } as LifecycleEntry);
}

/** Seconds for a load and a validation: measured, else from the host file. */
export function loadTimeOf({ journal, host }: LifecycleRun): number {
  return measuredIn(journal.entries).loadS ?? givenLoadTime(host);
}

/** Reads through outages of the node. */
export function patienceOf({ terminal, signal }: LifecycleRun): Patience {
  return { signal, onTrouble: (text) => terminal.say(text) };
}

const SYNC_POLL_MS = 2_000;

/** The present state of the chain. Waits through outages of the node, and while it syncs after one. */
export async function readView(run: LifecycleRun): Promise<ChainView> {
  const { nodeUrl, signal, terminal } = run;
  for (let isTold = false; ; isTold = true) {
    const view = await patiently(() => readChainView(nodeUrl, { signal, retries: 0 }), patienceOf(run));
    if (!view.pace.catchingUp) return view;
    if (!isTold) terminal.say('the node is catching up with the chain; waiting for it');
    await sleep(SYNC_POLL_MS, undefined, { signal });
  }
}

/**
 * The present state is not the one that the run left: asks whether to continue, and stops where nobody can
 * answer.
 *
 * @throws AssayError unless the user says yes
 */
export async function goOnOrStop(run: LifecycleRun, what: string, question: string): Promise<void> {
  const { terminal, signal } = run;
  const isYes = terminal.canAsk && (await askYesNo(`${what}. ${question}`, { terminal, signal, yes: false }));
  if (isYes) return;
  const otherwise = terminal.canAsk
    ? 'and run this command again'
    : 'or run this on a terminal and answer the question';
  throw new AssayError(what, { advice: `set it right, ${otherwise}` });
}
