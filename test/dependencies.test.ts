import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { packageRoot } from '../src/paths.js';

const read = (name: string) => readFileSync(`${packageRoot}/${name}`, 'utf8');
const { dependencies, devDependencies } = JSON.parse(read('package.json'));

/** Packages that the tables of a chapter give a reason for. */
function reasoned(chapter: string): string[] {
  const text = read('docs/dev/dependencies.md').split(`## ${chapter}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...text.matchAll(/^\| `([^`]+)` +\| \S/gm)].map((row) => row[1] as string);
}

it('has a reason for every dependency, and no reason for one that is gone', () => {
  expect(reasoned('Installed with the package')).toEqual(Object.keys(dependencies));
  const others = [...reasoned('Bundled into `dist/`'), ...reasoned('For building and testing')];
  expect(others.sort()).toEqual(Object.keys(devDependencies).sort());
});

it('installs nothing on a host that runs a script at its install', () => {
  const packages: [string, { dev?: boolean; hasInstallScript?: boolean }][] = Object.entries(
    JSON.parse(read('package-lock.json')).packages,
  );
  const installed = packages.filter(([, { dev }]) => dev !== true);
  expect(installed.length).toBeGreaterThan(Object.keys(dependencies).length);
  expect(installed.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
});
