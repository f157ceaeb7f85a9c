// The probe's worker, with threads that end or hang at a request for a URL below /die or /hang. Where FAULTY_ONCE
// names a file, the first request of all ends its thread, and makes the file.
const { writeFileSync } = require('node:fs');
const { default: fetchAndMeasure } = require('../../dist/probe/worker.cjs');

module.exports = function faulty(task) {
  if (task.url.includes('/die')) process.exit(7);
  if (task.url.includes('/hang')) for (;;);
  if (process.env.FAULTY_ONCE !== undefined && isFirst(process.env.FAULTY_ONCE)) process.exit(7);
  return fetchAndMeasure(task);
};

function isFirst(path) {
  try {
    writeFileSync(path, '', { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}
