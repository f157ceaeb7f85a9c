import Table from 'cli-table3';
import { type Kind, kindOf, missOf } from './expectation.js';
import type { PairResult } from './judge-pair.js';
import type { SimulatedRuns } from './simulate.js';

const KINDS: Kind[] = ['honest', 'heads', 'fraud', 'no target'];
const NO_COLOUR = { style: { head: [], border: [] } };

/** One line a model, kind and span: how many pairs came to what. */
export function summaryTable(results: PairResult[]): string {
  const table = new Table({
    ...NO_COLOUR,
    head: ['model', 'pairs', 'span', 'n', 'official FAIL', 'strict FAIL', 'warned', 'diagnoses', 'missed'],
  });
  for (const model of [...new Set(results.map(({ reference }) => reference.labels.model))]) {
    for (const kind of KINDS) {
      for (const span of ['whole', 'windows']) {
        const own = results.filter(
          (one) =>
            one.reference.labels.model === model &&
            kindOf(one) === kind &&
            (one.span === 'whole') === (span === 'whole'),
        );
        if (own.length === 0) continue;
        table.push([
          model,
          kind,
          span,
          own.length,
          own.filter(({ judgement }) => judgement.verdict === 'FAIL').length,
          own.filter(({ strict }) => strict.verdict === 'FAIL').length,
          own.filter(({ judgement }) => judgement.warnings.some(({ about_node }) => about_node)).length,
          countsOf(own.flatMap(codesOf)),
          kind === 'no target' ? '–' : own.filter((one) => missOf(one) !== null).length,
        ]);
      }
    }
  }
  return table.toString();
}

/** One line a pair. */
export function pairTable(results: PairResult[]): string {
  const table = new Table({
    ...NO_COLOUR,
    head: ['reference', 'node', 'span', 'label', 'verdict', 'strict', 'mean L2', 'warnings', 'diagnoses'],
  });
  for (const result of results) {
    const { judgement, strict, reference, node, span } = result;
    table.push([
      reference.name,
      node.name,
      span,
      kindOf(result),
      judgement.verdict,
      strict.verdict,
      judgement.validation.distribution.mean_l2?.toFixed(3) ?? '–',
      judgement.warnings
        .filter(({ about_node }) => about_node)
        .map(({ code }) => code ?? 'other')
        .join(', '),
      codesOf(result).join(', '),
    ]);
  }
  return table.toString();
}

export function simulationTable(simulated: SimulatedRuns[]): string {
  const table = new Table({
    ...NO_COLOUR,
    head: ['model', 'replicas', 'L2', 'above the threshold', 'our alarms', 'official FAIL', 'computed'],
  });
  for (const one of simulated) {
    table.push([
      one.model,
      one.replicas,
      `${one.mean.toFixed(3)} ± ${one.sd.toFixed(3)}`,
      `${(100 * one.beyond).toFixed(1)} %`,
      one.alarms,
      one.failed,
      one.expectedFailed < 0.05 ? '0' : one.expectedFailed.toFixed(1),
    ]);
  }
  return table.toString();
}

function codesOf({ judgement }: PairResult): string[] {
  return judgement.validation.diagnosis.map(({ code, period, heads }) =>
    period === undefined ? code : `${code} (${heads} of ${period})`,
  );
}

function countsOf(codes: string[]): string {
  return [...new Set(codes)]
    .map((code) => `${code} ×${codes.filter((one) => one === code).length}`)
    .join('\n');
}
