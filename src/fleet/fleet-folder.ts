import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AssayError, messageOf } from '../errors.js';
import { makeNewFolder } from '../files/make-folder.js';
import { folderName, timeStamp } from '../files/names.js';
import { readWholeSync } from '../files/read-whole.js';
import { writeWhole } from '../files/write-whole.js';
import { shownUrl } from '../http/credentials.js';
import { LOCK_FILES, lockFolder, ownerOf } from '../journal/folder-lock.js';
import { keyOf, validateOptions } from '../run/options.js';
import { parseJson, readRunFile } from '../run/read.js';
import { accept } from '../schemas/accept.js';
import validatePlan from '../schemas/generated/fleet-plan.js';
import { jsonText } from '../text/json.js';
import { newOwnPublicKey } from '../validate/own-key.js';
import type { FleetNode } from './fleet-file.js';
import type { Shard } from './model.js';

/**
 * The inputs of a fleet's run, as its folder stores them: enough to check on resume that they are the same.
 */
export interface FleetPlan {
  schema_version: 1;
  /** Unique among all runs. */
  fleet_id: string;
  name: string;
  shard: Shard | null;
  /** Start of the run, ISO 8601 in UTC. */
  timestamp: string;
  nodes: PlannedNode[];
  /** Options of the validations, without secrets. */
  options: Record<string, unknown>;
}

interface PlannedNode {
  id: string;
  site: string;
  model: string;
  /** Credentials masked. */
  url: string;
  reference: string | null;
  /** Folder of its run, below the fleet's folder. */
  folder: string;
  /** Public key of its throughput generation, for every attempt on every worker. */
  own_public_key: string;
}

/** A fleet's folder that this process has locked. */
export interface FleetFolder {
  path: string;
  plan: FleetPlan;
  /** This process made it: it was not there before. */
  isNew: boolean;
  /** Releases the lock. */
  release(): Promise<void>;
}

const PLAN_FILE = 'fleet_plan.json';

/** The inputs of a run, before its folder exists. */
export interface FleetInputs {
  name: string;
  shard: Shard | null;
  nodes: FleetNode[];
  options: Record<string, unknown>;
}

/**
 * Makes the folder of a new run.
 *
 * @param path default `fleets/<name>_<YYYY-MM-DD_HHMMSS>`
 * @throws AssayError when the folder is not empty, or cannot be written
 */
export async function createFleetFolder(inputs: FleetInputs, path?: string): Promise<FleetFolder> {
  const timestamp = new Date().toISOString();
  const part = inputs.shard === null ? '' : `_${inputs.shard.index}-of-${inputs.shard.of}`;
  const name = `${folderName(inputs.name)}${part}_${timeStamp(new Date(timestamp))}`;
  const folder = path ?? newFolder(join('fleets', name));
  const isNew = path === undefined || !existsSync(path);
  const release = await lockFolder(folder);
  try {
    if (readdirSync(folder).some((name) => !LOCK_FILES.includes(name))) {
      throw new AssayError(`fleet folder ${folder} is not empty`, {
        advice: 'give another --out, or resume its run with --resume',
      });
    }
    const plan: FleetPlan = {
      schema_version: 1,
      fleet_id: randomUUID(),
      timestamp,
      ...inputs,
      nodes: inputs.nodes.map((node) => ({ ...planned(node), own_public_key: newOwnPublicKey() })),
    };
    await writeWhole(join(folder, PLAN_FILE), `${jsonText(plan)}\n`);
    return { path: folder, plan, isNew, release };
  } catch (error) {
    await release();
    throw error;
  }
}

function newFolder(path: string): string {
  try {
    return makeNewFolder(path);
  } catch (error) {
    throw new AssayError(`cannot make the fleet folder ${path}: ${messageOf(error)}`, {
      advice: 'give a folder that can be written with --out',
    });
  }
}

/** Removes a new run that never started: its plan, and its folder if that was not there before. */
export async function takeBackFleetFolder({ path, isNew, release }: FleetFolder): Promise<void> {
  await rm(join(path, PLAN_FILE), { force: true });
  await release();
  if (isNew) await rmdir(path).catch(() => {});
}

/**
 * Opens the folder of a run that was killed or interrupted.
 *
 * @throws AssayError when it is not a fleet's folder, or belongs to another fleet
 */
export async function resumeFleetFolder(inputs: FleetInputs, path: string): Promise<FleetFolder> {
  // Checked first, so that no lock is written into a folder of another kind.
  await readPlan(path);
  const release = await lockFolder(path);
  try {
    const plan = await readPlan(path);
    requireSame(path, plan, inputs);
    return { path, plan, isNew: false, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * The public keys with which earlier fleets in neighbouring folders started generation on a node. A
 * generation that a killed fleet left is stopped here; a generation of a running fleet is not.
 */
export async function keysOfEarlierFleets(folder: string): Promise<(url: string) => string[]> {
  const parent = dirname(folder);
  const nodes: PlannedNode[] = [];
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if ((await ownerOf(path)) !== undefined) continue;
    for (const node of plannedIn(join(path, PLAN_FILE))) nodes.push(node);
  }
  return (url) => {
    const shown = shownUrl(url);
    return nodes.filter((node) => node.url === shown).map(({ own_public_key }) => own_public_key);
  };
}

/** The nodes of a plan; empty if no plan can be read. */
function plannedIn(path: string): PlannedNode[] {
  try {
    const plan: unknown = JSON.parse(readWholeSync(path).toString('utf8'));
    return accept<FleetPlan>(validatePlan, plan, path).nodes;
  } catch {
    return [];
  }
}

/**
 * The plan of a fleet's run.
 *
 * @throws AssayError for a folder without such a plan
 */
export async function readPlan(folder: string): Promise<FleetPlan> {
  if (!existsSync(join(folder, PLAN_FILE))) {
    throw new AssayError(`${folder}: no ${PLAN_FILE} in it`, { advice: 'give the folder of the run' });
  }
  const path = join(folder, PLAN_FILE);
  return accept<FleetPlan>(validatePlan, parseJson(await readRunFile(path), path), path);
}

/** Options that decide what is measured; time limits are left out, since they may change on resume. */
function kept(options: Record<string, unknown>): Record<string, unknown> {
  const names = validateOptions.flatMap(([name, { resume }]) => (resume === 'kept' ? keyOf(name) : []));
  return Object.fromEntries(Object.entries(options).filter(([key]) => names.includes(key)));
}

function requireSame(path: string, plan: FleetPlan, inputs: FleetInputs): void {
  const parts: [what: string, before: unknown, now: unknown][] = [
    ['shard', plan.shard, inputs.shard],
    ['list of nodes', plan.nodes.map(({ own_public_key: _, ...node }) => node), inputs.nodes.map(planned)],
    ['set of options', kept(plan.options), kept(JSON.parse(JSON.stringify(inputs.options)))],
  ];
  for (const [what, before, now] of parts) {
    if (isDeepStrictEqual(before, now)) continue;
    throw new AssayError(`fleet run ${path} was started with another ${what}`, {
      advice: 'resume it with the same fleet file and flags, or start a new run',
    });
  }
}

function planned({ id, site, model, url, reference }: FleetNode) {
  return {
    id,
    site,
    model,
    url: shownUrl(url),
    reference: reference ?? null,
    folder: join('nodes', folderName(id)),
  };
}
