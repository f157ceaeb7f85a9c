import type { PairComparison } from '../compare/compare.js';
import { groupDifferences, pairNames } from '../compare/pair-names.js';
import type { VectorSet } from '../compare/vector-set.js';
import { UsageError } from '../errors.js';
import { hasAny, thresholdsOfModel } from '../run/reference-thresholds.js';
import { goldenThresholds, type ResolvedStatTest, resolveStatTest } from '../run/thresholds.js';
import { renderTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { jsonText } from '../text/json.js';
import { defineCommand } from './command.js';
import { rateFlag, textFlag } from './flags.js';
import { guardOf, guardOptions } from './network-guard.js';
import { writePage } from './write-page.js';

export const command = defineCommand({
  usage: '<source..>',
  description:
    'Measures the distances between recordings of the same nonces, for each pair; of chains (decode scheme) it says at which step they differ first. It does not judge: exit 0 for any distances.',
  positionals: {
    source: {
      type: 'string',
      array: true,
      demandOption: true,
      description: 'reference files, models with a reference, run folders, URLs of live nodes',
    },
  },
  options: {
    threshold: rateFlag('threshold', 'L2 distance above which a nonce is a mismatch'),
    'p-mismatch': rateFlag('p-mismatch', 'mismatch rate of an honest node, for the p-value'),
    reference: textFlag(
      'reference with the parameters and nonces for live nodes (default: those of the first recording)',
    ),
    model: textFlag(
      'model name for every file, in place of its own: for recordings without a name, or of a quantised repository',
    ),
    'served-as': textFlag('model name that a live node reports, if it differs'),
    ...guardOptions,
    html: textFlag('also write a page with a heat map of the matrix to this file'),
    json: { type: 'boolean', description: 'print JSON' },
  },
  examples: [
    ['assay compare a100.json h100.json b200.json', 'the matrix of all pairs'],
    [
      'assay compare moonshotai/Kimi-K2.6 runs/validate_kimi_2026-09-01_120000',
      'a run against the reference',
    ],
    ['assay compare kimi.json http://10.0.0.21:8080', 'a live node, over the nonces of the recording'],
    ['assay compare a.json b.json --threshold 0.2 --json', 'for a program'],
    [
      'assay compare b200/nonces_1000.json h100/nonces_1000.json',
      "recordings of the network's scripts, with config.json or run_config.json in the same folder",
    ],
    ['assay compare *.json --html pairs.html', 'as a page, with a heat map of the pairs'],
  ],
  async run(args, { terminal, signal }) {
    const [{ compareAll }, { readSources, resolveSource }, { withSteps }, { areChains, requireOneScheme }] =
      await Promise.all([
        import('../compare/compare.js'),
        import('../compare/sources.js'),
        import('../compare/threads.js'),
        import('../compare/comparable.js'),
      ]);
    const sources = await Promise.all(args.source.map(resolveSource));
    const reference = args.reference === undefined ? [] : [await resolveSource(args.reference)];
    const bytes = [...sources, ...reference].reduce((sum, source) => sum + source.bytes, 0);
    return await withSteps(bytes, async (steps) => {
      const { model } = args;
      const [guide = null] = await readSources(reference, steps, { model });
      const sets = await readSources(sources, steps, {
        model,
        live: {
          guide,
          signal,
          servedAs: args['served-as'],
          weightGuard: guardOf(args),
          onWarning: (text) => terminal.say(`warning: ${text}`),
        },
      });
      if (sets.length < 2) {
        throw new UsageError('one recording cannot be compared', {
          advice: 'give two or more sources',
        });
      }
      requireOneScheme(sets);
      if (areChains(sets[0] as VectorSet)) return await tellChains(sets, args, terminal);
      const statTest = await statTestOf(guide === null ? sets : [...sets, guide], args);
      const pairs = await compareAll(sets, statTest.values, steps);
      return await tellDistances({ stat_test: statTest, pairs }, args, terminal);
    });
  },
});

/** Thresholds in this order: the command line, the recordings, their model's file, a node's defaults. */
async function statTestOf(
  sets: VectorSet[],
  { model, threshold, 'p-mismatch': pMismatch }: Thresholds,
): Promise<ResolvedStatTest> {
  // Where several recordings have a threshold, the first one is used.
  const own = [...sets]
    .reverse()
    .map(({ parameters, label }) => ({ ...goldenThresholds(parameters), source: label }));
  const ofModel = own.some(hasAny)
    ? undefined
    : await thresholdsOfModel(model ?? (sets[0] as VectorSet).parameters.model);
  return resolveStatTest([
    ...(ofModel === undefined ? own : [ofModel]),
    { source: 'command line', values: { dist_threshold: threshold, p_mismatch: pMismatch } },
  ]);
}

interface Thresholds {
  model?: string | undefined;
  threshold?: number | undefined;
  'p-mismatch'?: number | undefined;
}

type Told = { json?: boolean | undefined; html?: string | undefined };

async function tellDistances(
  result: { stat_test: ResolvedStatTest; pairs: PairComparison[] },
  { json, html }: Told,
  terminal: Terminal,
): Promise<number> {
  if (json) terminal.out(jsonText(result));
  else tell(result, terminal);
  if (html !== undefined) {
    const { renderComparePage } = await import('../compare/html/compare-page.js');
    await writePage(html, renderComparePage(result), terminal);
  }
  return 0;
}

/** Chains have no distance: the output says where they differ. */
async function tellChains(
  sets: VectorSet[],
  { json, html, ...thresholds }: Told & { threshold?: number | undefined; 'p-mismatch'?: number | undefined },
  terminal: Terminal,
): Promise<number> {
  if (thresholds.threshold !== undefined || thresholds['p-mismatch'] !== undefined) {
    throw new UsageError(
      'these are chains of the decode scheme, which have no distance to hold a threshold against',
      {
        advice: 'leave --threshold and --p-mismatch out',
      },
    );
  }
  const { compareAllChains } = await import('../compare/compare-chains.js');
  const pairs = compareAllChains(sets);
  if (json) terminal.out(jsonText({ scheme: 'decode', pairs }));
  else terminal.out((await import('../compare/chains-text.js')).renderChains(pairs, terminal));
  if (html !== undefined) {
    const { renderChainsPage } = await import('../compare/html/chains-page.js');
    await writePage(html, renderChainsPage(pairs), terminal);
  }
  return 0;
}

function tell(
  { stat_test, pairs }: { stat_test: ResolvedStatTest; pairs: PairComparison[] },
  terminal: Terminal,
) {
  const { recordings, numberOf, nameOf } = pairNames(pairs);
  terminal.out(
    renderTable(
      ['', 'recording'],
      recordings.map((name) => [String(numberOf(name)), name]),
      terminal,
    ),
  );
  const { dist_threshold, p_mismatch } = stat_test.values;
  terminal.out('');
  terminal.out(
    renderTable(
      [
        'pair',
        'common',
        'missing',
        'L2 mean ± sd',
        'p50',
        'p98',
        'max',
        'cosine mean ± sd',
        `> ${dist_threshold}`,
        'p-value',
      ],
      pairs.map((pair) => [
        nameOf(pair),
        String(pair.common),
        `${pair.missing_in_a.count}/${pair.missing_in_b.count}`,
        pair.l2 === null ? 'none' : `${short(pair.l2.mean)} ± ${short(pair.l2.sd)}`,
        short(pair.l2?.p50),
        short(pair.l2?.p98),
        short(pair.l2?.max),
        pair.cosine_distance === null
          ? 'none'
          : `${short(pair.cosine_distance.mean)} ± ${short(pair.cosine_distance.sd)}`,
        String(pair.n_mismatch),
        pair.p_value.toPrecision(3),
      ]),
      terminal,
      ['cosine mean ± sd', 'p50', 'max', 'common'],
    ),
  );
  if (recordings.length > 2) terminal.out(`\nmean L2 distance\n${matrix(recordings, pairs, terminal)}`);
  for (const { pairs: alike, name, a, b } of groupDifferences(pairs, nameOf)) {
    terminal.out(`recordings ${alike.join(', ')} differ in ${name}: ${a}; ${b}`);
  }
  terminal.out(
    `threshold ${dist_threshold} (${stat_test.source.dist_threshold}), p_mismatch ${p_mismatch} (${stat_test.source.p_mismatch}); missing: in the first/in the second`,
  );
}

function matrix(names: string[], pairs: PairComparison[], terminal: Terminal): string {
  const cell = (x: string, y: string) => {
    const pair = pairs.find(({ a, b }) => (a === x && b === y) || (a === y && b === x));
    return pair === undefined ? '–' : short(pair.l2?.mean);
  };
  const numbers = names.map((_, index) => String(index + 1));
  return renderTable(
    ['', ...numbers],
    names.map((name, row) => [numbers[row] as string, ...names.map((other) => cell(name, other))]),
    terminal,
  );
}

function short(value: number | undefined): string {
  if (value === undefined) return 'none';
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(2) : value.toFixed(4);
}
