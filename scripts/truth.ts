/**
 * Holds the judge against public recordings: every ordered pair that was asked the same, whole and in windows of
 * 200 nonces, against the labels of its folder; then simulated honest runs of every model.
 * Usage: npm run truth -- FOLDER [MORE…] [--leave-one-out] [--runs N] [--draws N] [--pairs]
 */
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { findModel, loadModels } from '../src/models/load.js';
import { comparable, readRecordings } from './models/recordings.js';
import { headsInDraws } from './truth/draw.js';
import { missOf } from './truth/expectation.js';
import { judgePair, type PairResult } from './truth/judge-pair.js';
import { knownWithout } from './truth/leave-one-out.js';
import { simulateHonest } from './truth/simulate.js';
import { pairTable, simulationTable, summaryTable } from './truth/tables.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'leave-one-out': { type: 'boolean', default: false },
    runs: { type: 'string', default: '10000' },
    draws: { type: 'string', default: '0' },
    pairs: { type: 'boolean', default: false },
  },
});
const missing = positionals.filter(
  (folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true,
);
if (positionals.length === 0 || missing.length > 0) {
  console.error(
    `${missing.map((folder) => `${folder}: no such folder\n`).join('')}usage: npm run truth -- FOLDER [MORE…] [--leave-one-out] [--runs N] [--draws N] [--pairs]`,
  );
  process.exit(1);
}

const results: PairResult[] = [];
const unread: string[] = [];
for (const folder of positionals) {
  const recordings = await readRecordings(folder, (text) => unread.push(text));
  if (recordings.length === 0) console.error(`${folder}: no labels.json, so no recordings`);
  for (const reference of recordings) {
    const model = await findModel(reference.labels.model);
    for (const node of recordings) {
      if (node === reference || !comparable(reference, node)) continue;
      const names = values['leave-one-out'] ? [reference.name, node.name] : [];
      results.push(...judgePair(reference, node, model && knownWithout(model.file, names)));
    }
  }
}
console.log(summaryTable(results));
console.log(pairTable(values.pairs ? results : results.filter(({ span }) => span === 'whole')));
const misses = results.flatMap((result) => {
  const miss = missOf(result);
  return miss === null ? [] : [`${result.reference.name} – ${result.node.name} (${result.span}): ${miss}`];
});
const judged = results.length === 0 ? 'no two recordings were asked the same' : 'every target is reached';
console.log(misses.length === 0 ? judged : `targets missed:\n${misses.join('\n')}`);
if (unread.length > 0) console.log(`not read:\n${unread.join('\n')}`);

const draws = headsInDraws(results, Number(values.draws), 1);
if (draws.runs > 0)
  console.log(`\nheads found in ${draws.found} of ${draws.runs} runs drawn from honest pairs`);

const runs = Number(values.runs);
const simulated = (runs > 0 ? await loadModels() : []).flatMap(({ file }) =>
  [1, 2, 8].flatMap((replicas) => simulateHonest(file, replicas, runs, 1) ?? []),
);
if (runs > 0) console.log(`\n${runs} simulated honest runs of 200 nonces\n${simulationTable(simulated)}`);
const isWhole = misses.length === 0 && unread.length === 0 && results.length > 0;
process.exitCode = !isWhole || simulated.some(({ alarms }) => alarms > 0) ? 1 : 0;
