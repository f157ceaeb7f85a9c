import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AssayError, messageOf } from '../../errors.js';
import { makeFolder } from '../../files/make-folder.js';
import { keepFile, SECRET_MODE } from '../../files/write-whole.js';
import { lockFolder } from '../../journal/folder-lock.js';
import { type Journal, openJournal, readJournal } from '../../journal/journal.js';
import { jsonText } from '../../text/json.js';
import { readKeptNode, readOneNode } from '../node-config.js';
import type { NodeObject } from '../node-object.js';
import type { SwitchEntry, SwitchPlan } from './acts.js';

/** A switch on the disk: both configs and the journal. */
export interface SwitchRun {
  folder: string;
  /** The old config, as the network node listed it, for the way back. */
  before: NodeObject;
  after: NodeObject;
  plan: SwitchPlan;
  journal: Journal<SwitchEntry>;
  /** Closes the journal, and releases the folder for other processes. */
  close(): Promise<void>;
}

const BEFORE = 'before.json';
const AFTER = 'after.json';
const JOURNAL = 'journal.jsonl';

/**
 * Makes the folder of a new switch. All files are on the disk when it returns; the caller changes nothing
 * before that.
 *
 * @param path of a folder that does not exist yet
 * @param make makes the folder and returns its path, which may be another one
 */
export async function createSwitchRun(
  path: string,
  plan: SwitchPlan,
  before: NodeObject,
  after: NodeObject,
  make: (path: string) => string = makeThisFolder,
): Promise<SwitchRun> {
  let release = async () => {};
  try {
    const folder = make(path);
    release = await lockFolder(folder);
    await writeDurably(join(folder, BEFORE), before);
    await writeDurably(join(folder, AFTER), after);
    const journal = await openJournal<SwitchEntry>(join(folder, JOURNAL));
    await journal.append({ act: 'start', at: new Date().toISOString(), ...plan });
    return { folder, before, after, plan, journal, close: closing(journal, release) };
  } catch (error) {
    await release();
    throw new AssayError(`run folder ${path}: ${messageOf(error)}`, {
      advice: 'nothing was changed: choose a folder that can be written with --run-dir',
    });
  }
}

function makeThisFolder(path: string): string {
  makeFolder(dirname(path));
  mkdirSync(path);
  return path;
}

/**
 * The entries of a switch so far; empty where none was begun, so that nothing was changed.
 *
 * @param id the node that the switch must belong to
 * @throws AssayError when it belongs to another node
 */
export async function readSwitch(folder: string, id: string): Promise<SwitchEntry[]> {
  const entries = (await readJournal<SwitchEntry>(join(folder, JOURNAL))) ?? [];
  const [start] = entries;
  if (start?.act === 'start' && start.id !== id)
    throw new AssayError(`${folder} is the switch of node ${start.id}, not of ${id}`, {
      advice: 'move it away: it is needed to go back to the old config of that node',
    });
  return entries;
}

/**
 * Opens the folder of an interrupted switch, for this process only.
 *
 * @throws AssayError when another process uses it, it is not a switch, or the switch ended before its first
 *   act
 */
export async function openSwitchRun(folder: string): Promise<SwitchRun> {
  await readFile(join(folder, JOURNAL)).catch(() => {
    throw new AssayError(`${folder} is no run of a switch, or nothing was changed in it`, {
      advice: 'start a new one with `assay node switch ID --to FILE`',
    });
  });
  const release = await lockFolder(folder);
  let close = release;
  try {
    const journal = await openJournal<SwitchEntry>(join(folder, JOURNAL));
    close = closing(journal, release);
    const [start] = journal.entries;
    if (start?.act !== 'start')
      throw new AssayError(`${folder}: nothing was changed by this switch`, {
        advice: 'start a new one with `assay node switch ID --to FILE`',
      });
    const { act: _act, at: _at, ...plan } = start;
    const before = await readKeptNode(join(folder, BEFORE));
    const after = await readOneNode(join(folder, AFTER));
    return { folder, before, after, plan, journal, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function closing(journal: Journal<SwitchEntry>, release: () => Promise<void>) {
  return async () => {
    await journal.close();
    await release();
  };
}

/** A node object may contain a token: only the owner may read it. */
async function writeDurably(path: string, value: unknown): Promise<void> {
  await keepFile(path, `${jsonText(value)}\n`, SECRET_MODE);
}
