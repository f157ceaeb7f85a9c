// Preloaded into a process (`node --import`): kills it by SIGKILL at the KILL_AT-th of the moments at which its
// effects become lasting. These are: something is on the disk, a change is about to be sent to the admin API,
// its answer is there. With KILL_AFTER it is killed when a line with that text is on the disk. The product knows
// nothing of this.
import { subscribe } from 'node:diagnostics_channel';
import { open } from 'node:fs/promises';
import { isMainThread } from 'node:worker_threads';

let moments = 0;
let isAwaited = false;

function moment() {
  moments += 1;
  if (moments === Number(process.env.KILL_AT)) process.kill(process.pid, 'SIGKILL');
}

if (isMainThread) {
  const file = await open(process.execPath);
  const prototype = Object.getPrototypeOf(file);
  await file.close();
  for (const name of ['sync', 'datasync']) {
    const original = prototype[name];
    prototype[name] = async function () {
      await original.call(this);
      if (isAwaited) process.kill(process.pid, 'SIGKILL');
      moment();
    };
  }
  const append = prototype.appendFile;
  prototype.appendFile = async function (data, ...more) {
    const awaited = process.env.KILL_AFTER;
    isAwaited ||= awaited !== undefined && String(data).includes(awaited);
    return await append.call(this, data, ...more);
  };
  for (const channel of ['undici:request:create', 'undici:request:trailers']) {
    subscribe(channel, ({ request }) => {
      if (request.method !== 'GET' && request.path.startsWith('/admin/')) moment();
    });
  }
}
