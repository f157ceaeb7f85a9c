import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PREFIX = 'mlnode-assay-';

/** A public key for our own throughput generation, by which it is told from everybody else's. */
export function newOwnPublicKey(): string {
  return PREFIX + randomBytes(16).toString('hex');
}

/**
 * Keys that earlier runs in the folders beside this one have used: what a killed run left generating is ours
 * to stop.
 */
export function keysOfEarlierRuns(runFolder: string): string[] {
  const parent = dirname(runFolder);
  return folderNames(parent).flatMap((name) => {
    try {
      const config: unknown = JSON.parse(readFileSync(join(parent, name, 'validate_config.json'), 'utf8'));
      const key = (config as { own_public_key?: unknown } | null)?.own_public_key;
      return typeof key === 'string' && key.startsWith(PREFIX) ? [key] : [];
    } catch {
      return []; // no run, or one that was killed before its config was whole
    }
  });
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
