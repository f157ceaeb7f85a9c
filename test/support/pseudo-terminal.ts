import { execFileSync } from 'node:child_process';

/** Whether there is util-linux's `script`, which gives a program a pseudo-terminal. */
export const hasScript = (() => {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
})();
