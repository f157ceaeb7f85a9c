// Gives every reader of references, answers and reports texts that are nearly real ones, and others: each must end
// in a value or a named error. `npm run fuzz [-- SEED]`; a failure prints the seed that repeats it.
import fc from 'fast-check';
import { isTaken, readers } from '../test/fuzz/readers.js';
import { textsLike } from '../test/fuzz/texts.js';

const CASES = 100_000;
const seed = Number(process.argv[2] ?? Date.now() % 2 ** 31);
const numRuns = Math.ceil(CASES / readers.length);

console.log(`seed ${seed}, ${numRuns} cases a reader\n`);
console.log('| reader | cases | taken | refused by name | slowest | seconds |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const reader of readers) {
  let taken = 0;
  let cases = 0;
  let slowestMs = 0;
  const start = performance.now();
  fc.assert(
    fc.property(textsLike(reader.samples), (text) => {
      const before = performance.now();
      if (isTaken(reader, text)) taken++;
      slowestMs = Math.max(slowestMs, performance.now() - before);
      cases++;
    }),
    { numRuns, seed },
  );
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `| ${reader.name} | ${cases} | ${taken} | ${cases - taken} | ${slowestMs.toFixed(0)} ms | ${seconds.toFixed(1)} |`,
  );
}
