import { existsSync } from 'node:fs';
import { AssayError } from '../../errors.js';
import { hasCredentials } from '../../http/credentials.js';
import { accept } from '../../schemas/accept.js';
import { didYouMean } from '../../text/nearest.js';
import type { Values } from './layers.js';
import { everySetting, rowOf, variableOf } from './names.js';

/** Read if it is in the current folder and no other file is named. */
export const DEFAULT_FILE = 'assay.yaml';

/**
 * The options that a settings file sets.
 *
 * @param named the file that the user named; undefined: `assay.yaml`, which need not be there
 * @returns null where there is no file
 * @throws AssayError for a file that is missing or wrong, with the place in it
 */
export async function settingsOfFile(
  named: string | undefined,
): Promise<{ path: string; values: Values } | null> {
  const path = named ?? DEFAULT_FILE;
  if (named === undefined && !existsSync(path)) return null;
  const [{ readYaml }, { default: validateSettings }] = await Promise.all([
    import('../../schemas/read-yaml.js'),
    import('../../schemas/generated/assay.js'),
  ]);
  const read = (await readYaml(path, path, 'name a file that is there with --config')) ?? {};
  if (typeof read === 'object' && !Array.isArray(read)) requireKnownKeys(read, path);
  const values = accept<Values>(validateSettings, read, path);
  requireNoSecrets(values, path);
  return { path, values };
}

function requireKnownKeys(read: object, path: string): void {
  const unknown = Object.keys(read).find((key) => !(everySetting as readonly string[]).includes(key));
  if (unknown === undefined) return;
  throw new AssayError(`${path}: unknown key "${unknown}"`, {
    advice: didYouMean(unknown, everySetting) ?? 'the keys are the options of `assay validate --help`',
  });
}

/** The file is meant to be shared, so it may not contain passwords. */
function requireNoSecrets(values: Values, path: string): void {
  for (const [name, value] of Object.entries(values)) {
    if (!rowOf(name).isUrl) continue;
    const urls = [value].flat().map((text) => String(text).replace(/^[^=:/]+=/, ''));
    if (!urls.some(hasCredentials)) continue;
    throw new AssayError(`${path}: ${name} has a user or a password in it`, {
      advice: `set it in the environment as ${variableOf(name)}`,
    });
  }
}
