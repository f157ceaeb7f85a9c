import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inferencedFile } from '../../paths.js';

/** The keyring of the stand-in: names, their addresses, and one passphrase for all. */
export interface SimulatedKeyring {
  keys: Record<string, string>;
  passphrase: string;
}

export const SIMULATED_PASSPHRASE = 'simulated-passphrase';

/** Writes a stand-in `inferenced` into a folder and returns its path. */
export async function installInferenced(folder: string, keyring: SimulatedKeyring): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'inferenced');
  await writeFile(
    path,
    [
      '#!/usr/bin/env node',
      '// A stand-in for inferenced: it talks to a simulated chain alone, and its keys are none.',
      `const keyring = ${JSON.stringify(keyring)};`,
      `import(${JSON.stringify(pathToFileURL(inferencedFile).href)})`,
      '  .then(({ runInferenced }) => runInferenced(process.argv.slice(2), keyring))',
      '  .then((code) => process.exit(code));',
      '',
    ].join('\n'),
  );
  await chmod(path, 0o755);
  return path;
}
