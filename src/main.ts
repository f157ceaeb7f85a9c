#!/usr/bin/env node
import { packageVersion } from './version.js';

const argv = process.argv.slice(2);
if (argv[0] === '--version' || argv[0] === '-v') {
  // Answered before anything else is loaded: scripts ask for it, and wait.
  process.stdout.write(`${packageVersion()}\n`);
} else {
  const { runCli } = await import('./cli.js');
  process.exitCode = await runCli(argv);
}
