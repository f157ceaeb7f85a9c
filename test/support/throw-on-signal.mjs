// Preloaded into a process (`node --import`): an error that nobody awaits, on SIGUSR2.
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('SIGUSR2', () => {
    throw new Error('thrown where nobody catches');
  });
}
