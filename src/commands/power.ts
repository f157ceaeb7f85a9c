import { noncesNeeded } from '../calibrate/sample-size.js';
import { UsageError } from '../errors.js';
import { renderPairs } from '../terminal/table.js';
import { detectableRate, firstFailingCount, power } from '../verdict/stat-test.js';
import { defineCommand } from './command.js';
import { requireCount, requireRate } from './rates.js';

export const command = defineCommand({
  description:
    'Prints what a check of n nonces can see: its power against a true mismatch rate, and the smallest rate that it detects.',
  options: {
    n: { type: 'number', demandOption: true, description: 'nonces in the check' },
    'p-mismatch': {
      type: 'number',
      demandOption: true,
      description: 'mismatch rate that an honest node may have',
    },
    'fraud-threshold': { type: 'number', demandOption: true, description: 'a p-value below it is fraud' },
    'true-rate': { type: 'number', description: 'mismatch rate of the node that is to be caught' },
    power: { type: 'number', default: 0.95, description: 'wanted probability of catching it' },
    json: { type: 'boolean', description: 'print JSON' },
  },
  examples: [
    [
      'assay power --n 200 --p-mismatch 0.1 --fraud-threshold 0.05 --true-rate 0.15',
      'the check of the Kimi reference',
    ],
  ],
  async run(args, { terminal }) {
    const n = requireCount(args.n, '--n');
    const params = {
      pMismatch: requireRate(args['p-mismatch'], '--p-mismatch'),
      fraudThreshold: requireRate(args['fraud-threshold'], '--fraud-threshold'),
    };
    const wanted = args.power;
    if (!(wanted > 0 && wanted < 1)) throw new UsageError('--power: must be a number between 0 and 1');
    const trueRate = args['true-rate'] === undefined ? null : requireRate(args['true-rate'], '--true-rate');

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
    terminal.out(args.json ? JSON.stringify(result, null, 2) : renderPairs(tell(result)));
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
  const wanted = percent(result.wanted_power);
  const lines: [string, string][] = [
    ['tolerates', failing === null ? 'any number of mismatches' : `${failing - 1} mismatches of ${result.n}`],
  ];
  if (true_rate !== null && seen !== null) {
    lines.push(
      ['power', `${percent(seen)} against a true mismatch rate of ${percent(true_rate)}`],
      [
        'needs',
        needed === null ? `no practical number of nonces gives ${wanted}` : `${needed} nonces for ${wanted}`,
      ],
    );
  }
  lines.push([
    'detects',
    result.detectable_rate === null
      ? 'nothing'
      : `a true mismatch rate of ${percent(result.detectable_rate)} or more, with ${wanted} power`,
  ]);
  return lines;
}

function percent(rate: number): string {
  return `${Number((100 * rate).toFixed(2))} %`;
}
