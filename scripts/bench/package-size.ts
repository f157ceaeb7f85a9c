import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { packageRoot } from '../../src/paths.js';

/** What an installation puts on the disk. */
export interface PackageSize {
  dependencies: number;
  files: number;
  bytes: number;
  /** Dependencies of more than 5 MB. */
  large: { name: string; bytes: number }[];
  /** Our own files, as packed. */
  own: { files: number; bytes: number };
}

/** Adds up the production dependencies as installed here, and the package as npm would pack it. */
export function packageSize(): PackageSize {
  const npm = (...args: string[]) =>
    execFileSync('npm', args, { cwd: packageRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const folders = npm('ls', '--omit=dev', '--all', '--parseable').trim().split('\n').slice(1);
  const sizes = folders.map((folder) => ({
    name: relative(join(packageRoot, 'node_modules'), folder),
    ...sizeOf(folder),
  }));
  const [packed] = JSON.parse(npm('pack', '--dry-run', '--json', '--ignore-scripts')) as [
    { unpackedSize: number; entryCount: number },
  ];
  return {
    dependencies: sizes.length,
    files: sizes.reduce((sum, { files }) => sum + files, 0),
    bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
    large: sizes.filter(({ bytes }) => bytes > 5e6).map(({ name, bytes }) => ({ name, bytes })),
    own: { files: packed.entryCount, bytes: packed.unpackedSize },
  };
}

/** Of a package, without those that npm nested in it. */
function sizeOf(folder: string): { files: number; bytes: number } {
  let [files, bytes] = [0, 0];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') {
      const inside = sizeOf(path);
      files += inside.files;
      bytes += inside.bytes;
    } else if (entry.isFile()) {
      files++;
      bytes += statSync(path).size;
    }
  }
  return { files, bytes };
}
