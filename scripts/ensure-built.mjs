// What `npm start`, `npm test` and an installation need first: dependencies as locked, and a build of the present
// sources. Plain JavaScript on Node's own modules alone, since nothing is installed yet when it runs.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const installed = `${root}node_modules/.assay-installed`;
const built = `${root}dist/.built`;
/** All that a build is made of. */
const SOURCES = [
  'src',
  'scripts',
  'artifacts/schemas',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
/** Made by the build itself. */
const MADE = join('src', 'schemas', 'generated');

const locked = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex');
if (stampOf(installed) !== locked) {
  npm('ci', '--ignore-scripts', '--no-audit', '--no-fund');
  writeFileSync(installed, locked);
}
const sources = createHash('sha256').update(SOURCES.flatMap(filesOf).join('\n')).digest('hex');
if (stampOf(built) !== sources || !existsSync(`${root}dist/main.js`)) {
  npm('run', '--silent', 'build');
  writeFileSync(built, sources);
}

/** @param {string} path */
function stampOf(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/**
 * Each file with its size and time: enough to see that nothing was touched.
 *
 * @param {string} path
 * @returns {string[]}
 */
function filesOf(path) {
  if (path === MADE) return [];
  const { size, mtimeMs, isDirectory } = statOf(path);
  if (!isDirectory) return [`${path} ${size} ${mtimeMs}`];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}

/** @param {string} path */
function statOf(path) {
  const stats = statSync(join(root, path));
  return { size: stats.size, mtimeMs: stats.mtimeMs, isDirectory: stats.isDirectory() };
}

/** @param {string[]} args */
function npm(...args) {
  const cli = process.env.npm_execpath;
  const [command, prefix] = cli ? [process.execPath, [cli]] : ['npm', []];
  try {
    // npm's own talk goes to stderr: stdout belongs to the command that follows.
    execFileSync(command, [...prefix, ...args], {
      cwd: root,
      env: ownEnvironment(),
      stdio: ['ignore', 2, 2],
    });
  } catch {
    console.error(`npm ${args.join(' ')} failed; see above`);
    process.exit(1);
  }
}

/** Without what `npm install -g` hands on: the dependencies belong into this folder, wherever the command goes. */
function ownEnvironment() {
  const isGlobal = /^npm_config_(?:global|prefix|location)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isGlobal.test(name)));
}
