import { join } from 'node:path';
import { AssayError } from '../errors.js';
import { RUN_REPORT_FILE } from '../run/files.js';
import type { Observation } from '../run/observation.js';
import { type RunFolder, readReport, readRunFolder } from '../run/read.js';
import type { ChainCheck } from '../run/report.js';
import { schemeOf } from '../schemes/index.js';
import { counted } from '../text/figures.js';
import { keyOf } from '../verdict/engine-check.js';
import type { DistanceSample } from './sample.js';

/** Whether this is a run of the decode scheme. */
export function isOfChains({ config }: Pick<RunFolder, 'config'>): boolean {
  return schemeOf(config.poc_params).judgedBy === 'engine';
}

/**
 * The margins of each run's chains, as a trusted engine found them: tau is calibrated from them.
 *
 * @throws AssayError for a run that no trusted engine checked, or a run without margins
 */
export async function readMargins(paths: string[]): Promise<DistanceSample[]> {
  return await Promise.all(
    paths.map(async (path) => {
      const [{ observations }, report] = await Promise.all([
        readRunFolder(path),
        readReport(join(path, RUN_REPORT_FILE)),
      ]);
      return marginsOf(path, observations, report.validation?.decode?.trusted_check ?? null);
    }),
  );
}

function marginsOf(path: string, observations: Observation[], checks: ChainCheck[] | null): DistanceSample {
  if (checks === null) {
    throw new AssayError(`run ${path}: no trusted engine checked its chains, so that no margins are known`, {
      advice: 'validate that node with --trusted-url URL, and give that run',
    });
  }
  const margins = marginsByChain(checks, observations, path);
  const seen = new Set<string>();
  const nonces: number[] = [];
  const values: number[] = [];
  let untested = 0;
  for (const observation of observations) {
    const key = keyOf(observation);
    if (seen.has(key)) continue;
    seen.add(key);
    const isChain = observation.why === null || observation.why === 'engine';
    const margin = isChain ? margins.get(key) : Number.POSITIVE_INFINITY;
    if (margin === undefined) {
      untested++;
      continue;
    }
    nonces.push(observation.nonce);
    values.push(margin);
  }
  const label =
    untested === 0 ? path : `${path} (without ${counted(untested, 'chain')} that the engine did not test)`;
  return { label, nonces, l2: values };
}

/** The largest margin of each chain that was tested. */
function marginsByChain(
  checks: ChainCheck[],
  observations: Observation[],
  path: string,
): Map<string, number> {
  const chainOf = new Map(observations.map((one) => [`${one.nonce}@${one.replica}`, keyOf(one)]));
  return new Map(
    checks.flatMap(({ nonces, replicas, margins, tested_nonces }) => {
      if (margins === null) {
        throw new AssayError(`run ${path}: the engine that checked its chains reports no margins`, {
          advice: 'let an engine of a newer build check them: --trusted-url URL',
        });
      }
      const tested = new Set(tested_nonces);
      const marginOf = new Map(margins.map(({ nonce, margin }) => [nonce, margin]));
      return nonces.flatMap((nonce, at): [string, number][] => {
        const chain = chainOf.get(`${nonce}@${replicas?.[at] ?? null}`);
        const margin = marginOf.get(nonce);
        return chain === undefined || margin === undefined || !tested.has(nonce) ? [] : [[chain, margin]];
      });
    }),
  );
}
