#!/usr/bin/env node
import { createRequire } from 'node:module';

const argv = process.argv.slice(2);
const load = createRequire(import.meta.url);
if (argv[0] === '--version' || argv[0] === '-v') {
  // Answered before anything else is loaded: scripts ask for it, and wait.
  const { packageVersion } = await import('./version.js');
  process.stdout.write(`${packageVersion()}\n`);
} else if (argv[0] === 'validate') {
  const { runValidate }: typeof import('./main-validate.js') = load('./cli/validate.cjs');
  process.exitCode = await runValidate(argv);
} else {
  const { runAny }: typeof import('./main-every-command.js') = load('./cli/every-command.cjs');
  process.exitCode = await runAny(argv);
}
