import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownerOf } from '../journal/folder-lock.js';
import type { Owner } from '../journal/owner.js';

const PREFIX = 'mlnode-assay-';

/** A public key for our own throughput generation, by which it is told from everybody else's. */
export function newOwnPublicKey(): string {
  return PREFIX + randomBytes(16).toString('hex');
}

/** Whether a generation under a key was started by this tool, whichever run it was. */
export function isOwnKind(publicKey: string | null | undefined): boolean {
  return publicKey?.startsWith(PREFIX) ?? false;
}

/** Keys of other runs of ours. */
export interface EarlierKeys {
  /** Of runs that are over: what they left generating is ours to stop. */
  left: Set<string>;
  /** Of runs that go on, with who makes them: theirs to stop. */
  living: Map<string, Owner>;
}

/** Keys that other runs, in the folders beside this one, have used or use. */
export async function keysOfOtherRuns(runFolder: string): Promise<EarlierKeys> {
  const parent = dirname(runFolder);
  const keys: EarlierKeys = { left: new Set(), living: new Map() };
  for (const name of folderNames(parent)) {
    const folder = join(parent, name);
    const key = keyIn(folder);
    if (key === undefined) continue;
    const owner = await ownerOf(folder);
    if (owner === undefined) keys.left.add(key);
    else keys.living.set(key, owner);
  }
  return keys;
}

/** @returns undefined for no run, or one that was killed before its config was whole */
function keyIn(folder: string): string | undefined {
  try {
    const config: unknown = JSON.parse(readFileSync(join(folder, 'validate_config.json'), 'utf8'));
    const key = (config as { own_public_key?: unknown } | null)?.own_public_key;
    return typeof key === 'string' && key.startsWith(PREFIX) ? key : undefined;
  } catch {
    return undefined;
  }
}

function folderNames(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
