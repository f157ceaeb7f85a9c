/**
 * Measures what docs/performance.md holds, and writes it to bench/results/.
 * Usage: npm run bench [-- NAME…] [--compare OLD.json]
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/errors.js';
import { packageRoot } from '../src/paths.js';
import { items } from './bench/items.js';
import { type BenchRun, describeRun, type ItemResult, runItem } from './bench/result.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { compare: { type: 'string' } },
});
const unknown = positionals.filter((name) => items.every((item) => item.name !== name));
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(', ')}; there are ${items.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}
const before = values.compare === undefined ? null : readRun(values.compare);

const results: ItemResult[] = [];
for (const item of items) {
  if (positionals.length > 0 && !positionals.includes(item.name)) continue;
  console.error(`${item.name} …`);
  results.push(await runItem(item));
}

const run = describeRun(results);
const folder = `${packageRoot}/bench/results`;
const path = `${folder}/${run.date.slice(0, 19).replaceAll(':', '')}.json`;
mkdirSync(folder, { recursive: true });
writeFileSync(path, `${JSON.stringify(run, null, 2)}\n`);

const { machine, versions } = run;
console.log(
  `${machine.cpu}, ${machine.cores} cores, ${machine.memory_gib} GiB, Node ${versions['node']}, commit ${run.commit}, ${run.date.slice(0, 10)}\n`,
);
console.log(table(results));
const { dependencies, files, bytes, large, own } = run.package;
const megabytes = (size: number) => `${(size / 1e6).toFixed(1)} MB`;
console.log(
  `\nthe package: ${own.files} files of its own (${megabytes(own.bytes)}), ${dependencies} production dependencies of ${files} files (${megabytes(bytes)}); over 5 MB: ${large.map((entry) => `${entry.name} ${megabytes(entry.bytes)}`).join(', ') || 'none'}`,
);
if (before !== null) console.log(`\n${moved(before, run)}`);
console.log(`\nwritten to ${path}`);

function table(rows: ItemResult[]): string {
  const lines = rows.map((row) => [
    row.title,
    row.yardstick,
    time(row.median_s),
    `${time(row.quartiles_s[0])} – ${time(row.quartiles_s[1])}`,
    time(row.yardstick_median_s),
    row.ratio.toFixed(2),
    row.allowed_ratio === null
      ? 'published'
      : `≤ ${row.allowed_ratio.toFixed(2)} ${row.reached ? 'yes' : '**no**'}`,
    Object.entries(row.figures)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  ]);
  const head = ['item', 'yardstick', 'median', 'quartiles', 'yardstick median', 'ratio', 'to reach', 'also'];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function readRun(path: string): BenchRun {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as BenchRun;
  } catch (error) {
    console.error(`--compare ${path}: ${messageOf(error)}`);
    process.exit(1);
  }
}

/** Moved is a ratio whose middle half of the rounds does not touch the other run's. */
function moved(old: BenchRun, now: BenchRun): string {
  const lines = now.items.flatMap((row) => {
    const earlier = old.items.find(({ name }) => name === row.name);
    if (earlier === undefined) return [`${row.name}: new`];
    const [low, high] = row.ratio_quartiles;
    const change = `${earlier.ratio.toFixed(2)} → ${row.ratio.toFixed(2)}`;
    if (low > earlier.ratio_quartiles[1]) return [`${row.name}: slower, ${change}`];
    if (high < earlier.ratio_quartiles[0]) return [`${row.name}: faster, ${change}`];
    return [`${row.name}: within the noise, ${change}`];
  });
  const where = ({ machine: { cpu, cores }, versions: { node } }: BenchRun) =>
    `${cpu}, ${cores} cores, Node ${node}`;
  // A ratio carries over from one machine to another, but not to the last digit.
  const elsewhere = where(old) === where(now) ? '' : ` on another machine (${where(old)})`;
  return `against ${old.commit} of ${old.date.slice(0, 10)}${elsewhere}:\n${lines.join('\n')}`;
}

function time(seconds: number): string {
  return seconds < 1 ? `${(1000 * seconds).toFixed(seconds < 0.01 ? 2 : 0)} ms` : `${seconds.toFixed(2)} s`;
}
