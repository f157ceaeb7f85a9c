import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readWholeSync } from '../files/read-whole.js';
import { ownerOf } from '../journal/folder-lock.js';
import type { Owner } from '../journal/owner.js';
import { RUN_CONFIG_FILE } from '../run/files.js';

const PREFIX = 'mlnode-assay-';

/** A public key for our own throughput generation. It distinguishes this generation from all others. */
export function newOwnPublicKey(): string {
  return PREFIX + randomBytes(16).toString('hex');
}

/** Whether this tool started the generation under a key, in any run. */
export function isOwnKind(publicKey: string | null | undefined): boolean {
  return publicKey?.startsWith(PREFIX) ?? false;
}

/** Keys of our other runs. */
export interface EarlierKeys {
  /** Keys of runs that have ended: we may stop the generation that they left. */
  left: Set<string>;
  /** Keys of runs in progress, with their process: only that process may stop the generation. */
  living: Map<string, Owner>;
}

/** Keys that other runs, in neighbouring folders, have used or use. */
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

/** @returns undefined where it is no run, or the run was killed before its config was complete */
function keyIn(folder: string): string | undefined {
  try {
    const config: unknown = JSON.parse(readWholeSync(join(folder, RUN_CONFIG_FILE)).toString('utf8'));
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
