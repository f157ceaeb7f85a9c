import { noncesNeeded } from '../calibrate/sample-size.js';
import { renderPairs } from '../terminal/table.js';
import { counted, percentText } from '../text/figures.js';
import { jsonText } from '../text/json.js';
import { detectableRate, firstFailingCount, power } from '../verdict/stat-test.js';
import { defineCommand } from './command.js';
import { numberFlag, rateFlag } from './flags.js';

export const command = defineCommand({
  description:
    'Prints what a check of n nonces can detect: its power for a given true mismatch rate, and the smallest rate that it detects.',
  options: {
    n: { ...numberFlag('n', 'nonces in the check', { min: 1, integer: true }), demandOption: true },
    'p-mismatch': {
      ...rateFlag('p-mismatch', 'mismatch rate that an honest node may have'),
      demandOption: true,
    },
    'fraud-threshold': {
      ...rateFlag('fraud-threshold', 'a p-value below this is a FAIL'),
      demandOption: true,
    },
    'true-rate': rateFlag('true-rate', 'mismatch rate of a node that must fail'),
    power: numberFlag('power', 'wanted probability to detect it', { above: 0, max: 0.9999, default: 0.95 }),
    json: { type: 'boolean', description: 'print JSON' },
  },
  examples: [
    [
      'assay power --n 200 --p-mismatch 0.1 --fraud-threshold 0.05 --true-rate 0.15',
      'the check of the Kimi reference',
    ],
  ],
  async run(args, { terminal }) {
    const { n, power: wanted, 'true-rate': trueRate = null } = args;
    const params = { pMismatch: args['p-mismatch'], fraudThreshold: args['fraud-threshold'] };
    const failing = firstFailingCount(n, params);
    const result = {
      n,
      p_mismatch: params.pMismatch,
      fraud_threshold: params.fraudThreshold,
      /** null: even a mismatch of every nonce passes. */
      first_failing_mismatch_count: failing,
      true_rate: trueRate,
      power: trueRate === null ? null : power(n, params, trueRate),
      nonces_needed: trueRate === null ? null : noncesNeeded(params, trueRate, wanted),
      wanted_power: wanted,
      detectable_rate: detectableRate(n, params, wanted),
    };
    terminal.out(args.json ? jsonText(result) : renderPairs(tell(result)));
    return 0;
  },
});

function tell(result: {
  n: number;
  first_failing_mismatch_count: number | null;
  true_rate: number | null;
  power: number | null;
  nonces_needed: number | null;
  wanted_power: number;
  detectable_rate: number | null;
}): [string, string][] {
  const { first_failing_mismatch_count: failing, true_rate, power: seen, nonces_needed: needed } = result;
  const wanted = percentText(result.wanted_power);
  const lines: [string, string][] = [
    [
      'tolerates',
      failing === null
        ? 'any number of mismatches'
        : `${counted(failing - 1, 'mismatch', 'mismatches')} of ${result.n}`,
    ],
  ];
  if (true_rate !== null && seen !== null) {
    lines.push(
      ['power', `${percentText(seen)} against a true mismatch rate of ${percentText(true_rate)}`],
      [
        'needs',
        needed === null
          ? `no practical number of nonces gives ${wanted}`
          : `${counted(needed, 'nonce')} for a power of ${wanted}`,
      ],
    );
  }
  lines.push([
    'detects',
    result.detectable_rate === null
      ? 'nothing'
      : `a true mismatch rate of ${percentText(result.detectable_rate)} or more, with ${wanted} power`,
  ]);
  return lines;
}
