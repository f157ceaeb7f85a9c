// What `npm start` and `npm test` need first: dependencies as locked, and a build of the present sources.
// Plain JavaScript on Node's own modules alone, since nothing is installed yet when it runs.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.assay-installed`;
const locked = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== locked) {
  npm('ci', '--ignore-scripts', '--no-audit', '--no-fund');
  writeFileSync(stamp, locked);
}
npm('run', '--silent', 'build');

/** @param {string[]} args */
function npm(...args) {
  const cli = process.env.npm_execpath;
  const [command, prefix] = cli ? [process.execPath, [cli]] : ['npm', []];
  try {
    // npm's own talk goes to stderr: stdout belongs to the command that follows.
    execFileSync(command, [...prefix, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  } catch {
    console.error(`npm ${args.join(' ')} failed; see above`);
    process.exit(1);
  }
}
