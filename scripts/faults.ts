// Brings every fault about in every phase of a validation and prints what became of it, as a Markdown table.
// `npm run faults -- TEXT…` takes only the cells whose fault or phase holds one of the texts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { type Cell, isPossible, type Persistence, problemsOf } from '../test/faults/matrix/cell.js';
import { faults } from '../test/faults/matrix/faults.js';
import { ruleOf, stations } from '../test/faults/matrix/stations.js';

/** Most cells wait most of the time. */
const AT_ONCE = 8;
const PERSISTENCES: Persistence[] = ['once', 'always'];

const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'assay-faults-'));
const limit = pLimit(AT_ONCE);
const start = performance.now();

const cells: Cell[] = faults.flatMap((fault) =>
  stations.flatMap((station) => PERSISTENCES.map((persistence) => ({ fault, station, persistence }))),
);
const chosen = cells.filter(
  ({ fault, station }) =>
    wanted.length === 0 || wanted.some((text) => fault.name.includes(text) || station.name.includes(text)),
);
const results = new Map<string, string[] | null>();
await Promise.all(
  chosen.map((cell, index) =>
    limit(async () => {
      const problems = isPossible(cell) ? await problemsOf(cell, join(folder, String(index), 'run')) : null;
      results.set(keyOf(cell), problems);
      for (const problem of problems ?? []) console.error(`${keyOf(cell)}: ${problem}`);
    }),
  ),
);
rmSync(folder, { recursive: true, force: true });

const row = (texts: string[]) => `| ${texts.join(' | ')} |`;
console.log(row(['fault', 'outcome', ...stations.map(({ name }) => name)]));
console.log(row(new Array(stations.length + 2).fill('---')));
for (const fault of faults) {
  const texts = stations.map((station) => {
    const both = PERSISTENCES.map((persistence) => results.get(keyOf({ fault, station, persistence })));
    if (both.every((problems) => problems === undefined)) return '';
    if (both.includes(null)) return 'not possible here';
    const { retries, again, consequence } = ruleOf(station, fault);
    const passed = both.every((problems) => problems?.length === 0);
    return [
      ...(retries === 0 ? [] : [`${retries}×`]),
      ...(again === 0 ? [] : [`again ${again}×`]),
      `${consequence} ${passed ? 'ok' : '**FAILED**'}`,
    ].join(', ');
  });
  if (texts.some((text) => text !== '')) console.log(row([fault.name, fault.outcome ?? 'good', ...texts]));
}
const count = (isIt: (problems: string[] | null) => boolean) => [...results.values()].filter(isIt).length;
const failed = count((problems) => problems !== null && problems.length > 0);
const impossible = count((problems) => problems === null);
console.log(
  `\n${results.size - failed - impossible} of ${results.size} cells as the policy says, ${failed} not, ${impossible} not possible here; ${Math.round((performance.now() - start) / 1000)} s.`,
);
process.exitCode = failed + impossible === 0 ? 0 : 1;

function keyOf({ fault, station, persistence }: Cell): string {
  return `${station.name} / ${fault.name} / ${persistence}`;
}
