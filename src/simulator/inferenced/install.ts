import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AssayError, messageOf } from '../../errors.js';
import { makeFolder } from '../../files/make-folder.js';
import { inferencedFile } from '../../paths.js';

/** The keyring of the stand-in: names, their addresses, and one passphrase for all. */
export interface SimulatedKeyring {
  keys: Record<string, string>;
  passphrase: string;
}

export const SIMULATED_PASSPHRASE = 'simulated-passphrase';

/**
 * Writes a stand-in `inferenced` into a folder and returns its path.
 *
 * @throws AssayError when it cannot be written
 */
export async function installInferenced(folder: string, keyring: SimulatedKeyring): Promise<string> {
  const path = join(folder, 'inferenced');
  const program = [
    '#!/usr/bin/env node',
    '// A stand-in for inferenced: it talks to a simulated chain alone, and its keys are none.',
    `const keyring = ${JSON.stringify(keyring)};`,
    `import(${JSON.stringify(pathToFileURL(inferencedFile).href)})`,
    '  .then(({ runInferenced }) => runInferenced(process.argv.slice(2), keyring))',
    '  .then((code) => process.exit(code));',
    '',
  ].join('\n');
  try {
    makeFolder(folder);
    await writeFile(path, program);
    await chmod(path, 0o755);
  } catch (error) {
    throw new AssayError(`cannot write ${path}: ${messageOf(error)}`, {
      advice: 'give a folder that can be written with --inferenced',
    });
  }
  return path;
}
