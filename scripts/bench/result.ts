import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem, type } from 'node:os';
import { packageRoot } from '../../src/paths.js';
import { quantileOfSorted } from '../../src/vectors/summary.js';
import type { BenchItem, Sample } from './item.js';
import { type PackageSize, packageSize } from './package-size.js';

/** What one item came to; times in seconds. */
export interface ItemResult {
  name: string;
  title: string;
  yardstick: string;
  median_s: number;
  /** First and third quartile. */
  quartiles_s: [number, number];
  yardstick_median_s: number;
  /** Median of the rounds' ratios of item to yardstick, and their quartiles. */
  ratio: number;
  ratio_quartiles: [number, number];
  /** null: a figure that is only published. */
  allowed_ratio: number | null;
  reached: boolean | null;
  figures: Record<string, string>;
  rounds: { seconds: number; yardstick_seconds: number }[];
}

/** One run of the benches, with what is needed to compare it with another. */
export interface BenchRun {
  date: string;
  commit: string;
  machine: { cpu: string; cores: number; memory_gib: number; os: string };
  versions: Record<string, string>;
  package: PackageSize;
  items: ItemResult[];
}

/** Runs one item, each round beside its yardstick, so that a busy machine slows both. */
export async function runItem(item: BenchItem): Promise<ItemResult> {
  await item.prepare?.();
  try {
    const rounds: { sample: Sample; yardstick: number }[] = [];
    for (let round = -1; round < item.rounds; round++) {
      const yardstick = await item.measureYardstick();
      const sample = await item.measure();
      // The first round warms caches up.
      if (round >= 0) rounds.push({ sample, yardstick });
    }
    return summariseItem(item, rounds);
  } finally {
    await item.cleanUp?.();
  }
}

function summariseItem(item: BenchItem, rounds: { sample: Sample; yardstick: number }[]): ItemResult {
  const seconds = rounds.map(({ sample }) => sample.seconds);
  const ratios = rounds.map(({ sample, yardstick }) => sample.seconds / yardstick);
  const yardstick = quantile(
    rounds.map((round) => round.yardstick),
    0.5,
  );
  const ratio = quantile(ratios, 0.5);
  const { allowed } = item;
  const allowedRatio = allowed === undefined ? null : allowed(yardstick) / yardstick;
  // Each round is held against what its own yardstick allows, so that a limit in seconds stays one.
  const shareOfAllowed = allowed && rounds.map((round) => round.sample.seconds / allowed(round.yardstick));
  return {
    name: item.name,
    title: item.title,
    yardstick: item.yardstick,
    median_s: quantile(seconds, 0.5),
    quartiles_s: [quantile(seconds, 0.25), quantile(seconds, 0.75)],
    yardstick_median_s: yardstick,
    ratio,
    ratio_quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    allowed_ratio: allowedRatio,
    reached: shareOfAllowed === undefined ? null : quantile(shareOfAllowed, 0.5) <= 1,
    figures: rounds.at(-1)?.sample.figures ?? {},
    rounds: rounds.map((round) => ({ seconds: round.sample.seconds, yardstick_seconds: round.yardstick })),
  };
}

function quantile(values: number[], probability: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), probability);
}

/** This machine, this commit and these versions. */
export function describeRun(items: ItemResult[]): BenchRun {
  const { version } = JSON.parse(readFileSync(`${packageRoot}/package.json`, 'utf8')) as { version: string };
  return {
    date: new Date().toISOString(),
    commit:
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' with changes'),
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memory_gib: Math.round(totalmem() / 2 ** 30),
      os: `${type()} ${process.arch}`,
    },
    versions: { assay: version, node: process.versions.node, v8: process.versions.v8 },
    package: packageSize(),
    items,
  };
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: packageRoot, encoding: 'utf8' }).trim();
}
