import type { Calibration, SampleFigures } from '../calibrate/calibrate.js';
import { renderPairs, renderTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { distanceText, percentText } from '../text/figures.js';
import { jsonText } from '../text/json.js';
import { defineCommand } from './command.js';
import { numberFlag, rateFlag, textFlag } from './flags.js';
import { writePage } from './write-page.js';

export const command = defineCommand({
  description:
    'Computes thresholds from honest runs: the distance threshold at a percentile of their distances, the expected mismatch rate, and how well both detect frauds. Of runs of the decode scheme it takes the margins that a trusted engine found: the threshold is tau.',
  options: {
    honest: {
      type: 'string',
      array: true,
      demandOption: true,
      description: 'run folders or reference files of honest nodes',
    },
    fraud: {
      type: 'string',
      array: true,
      default: [] as string[],
      description: 'run folders or reference files of nodes that must fail',
    },
    reference: textFlag(
      'the reference for all of them; without it run folders keep their measured distances, and recordings are measured in pairs',
    ),
    model: textFlag(
      'model name for every file, in place of its own: for recordings of a quantised repository',
    ),
    percentile: numberFlag('percentile', 'share of honest distances below the threshold, in percent', {
      min: 0,
      max: 100,
      default: 98,
    }),
    'fraud-threshold': { ...rateFlag('fraud-threshold', 'a p-value below this is a FAIL'), default: 0.05 },
    power: numberFlag('power', 'wanted probability to detect a fraud', {
      above: 0,
      max: 0.9999,
      default: 0.95,
    }),
    'true-rate': rateFlag(
      'true-rate',
      'a mismatch rate to compute the needed nonces for, besides that of --fraud',
    ),
    seed: numberFlag('seed', 'seed of the resampling; the same seed gives the same figures', {
      min: 0,
      integer: true,
      default: 1,
    }),
    apply: textFlag(
      'a reference or a model file to store the thresholds and the honest distances in; a file that does not exist becomes a model file',
    ),
    html: textFlag('also write a page with the distributions and the ROC curve to this file'),
    json: { type: 'boolean', description: 'print JSON' },
  },
  examples: [
    [
      'assay calibrate --honest a100.json h100.json b200.json --fraud int4.json --apply b200.json',
      'from recordings of the same nonces; the result is written into one of them',
    ],
    ['assay calibrate --honest runs/validate_kimi_* --percentile 98', 'from runs against one reference'],
    [
      'assay calibrate --honest runs/a runs/b --fraud runs/int4 --percentile 99.9 --apply decode.json',
      'tau of chains, from runs that a trusted engine checked',
    ],
  ],
  async run(args, { terminal }) {
    const { percentile, power, seed } = args;
    const trueRate = args['true-rate'];
    const options = {
      percentile,
      power,
      fraudThreshold: args['fraud-threshold'],
      trueRates: trueRate === undefined ? [] : [trueRate],
      seed,
    };
    const [{ gatherDistances }, { calibrate }, { applyCalibration }, { resolveSource }, { withSteps }] =
      await Promise.all([
        import('../calibrate/gather.js'),
        import('../calibrate/calibrate.js'),
        import('../calibrate/apply.js'),
        import('../compare/sources.js'),
        import('../compare/threads.js'),
      ]);
    const resolveAll = (texts: string[]) => Promise.all(texts.map(resolveSource));
    const [honest, fraud] = await Promise.all([resolveAll(args.honest), resolveAll(args.fraud)]);
    const reference = args.reference === undefined ? null : await resolveSource(args.reference);
    const bytes = [...honest, ...fraud].reduce((sum, source) => sum + source.bytes, 0);
    const samples = await withSteps(bytes, (steps) =>
      gatherDistances(honest, fraud, reference, steps, args.model),
    );

    const { measure } = samples;
    const calibration = calibrate(samples.honest, samples.fraud, { ...options, measure });
    const applied =
      args.apply === undefined
        ? null
        : await applyCalibration(args.apply, calibration, samples.honest, samples.model);
    if (args.json) terminal.out(jsonText(calibration));
    else tell(calibration, terminal);
    if (args.html !== undefined) {
      const [{ rocCurve }, { renderCalibratePage }] = await Promise.all([
        import('../calibrate/roc.js'),
        import('../calibrate/html/calibrate-page.js'),
      ]);
      const curve = samples.fraud.length === 0 ? [] : rocCurve(samples.honest, samples.fraud);
      await writePage(args.html, renderCalibratePage({ calibration, samples, curve }), terminal);
    }
    if (applied !== null) {
      const written = samples.measure === 'margin' ? 'thresholds' : 'thresholds and honest distances';
      const where = `${written} written into ${args.apply}`;
      terminal.say(applied.made ? `${where}, a new model file of ${samples.model}` : where);
    }
    return 0;
  },
});

function tell(result: Calibration, terminal: Terminal): void {
  const { recommended, quantile, l2, separation, fraud, honest } = result;
  const [low, high] = quantile.ci95;
  const pairs: [string, string][] = [
    ['dist_threshold', `${recommended.dist_threshold}${result.measure === 'margin' ? ' (tau)' : ''}`],
    ['p_mismatch', `${recommended.p_mismatch}`],
    ['fraud_threshold', `${recommended.fraud_threshold}`],
    [
      result.measure === 'margin' ? 'honest margin' : 'honest L2',
      `${distanceText(l2.mean)} ± ${distanceText(l2.sd)}, max ${distanceText(l2.max)}`,
    ],
    [
      `percentile ${result.percentile}`,
      `${distanceText(quantile.value)}, 95 % interval ${distanceText(low)} to ${distanceText(high)} (${quantile.resamples} resamples, seed ${result.seed})`,
    ],
  ];
  if (separation !== null) {
    pairs.push(
      ['ROC area', distanceText(separation.roc_area)],
      ['false alarms', `${percentText(separation.false_alarm_rate)} of honest nonces`],
      ['misses', `${percentText(separation.miss_rate)} of fraud nonces`],
    );
    const { held_out } = separation;
    if (held_out !== null) {
      pairs.push([
        'held out',
        `${percentText(held_out.false_alarm_rate)} false alarms, ${percentText(held_out.miss_rate)} misses over ${held_out.folds} folds`,
      ]);
    }
  }
  for (const { true_rate, n } of result.nonces_needed) {
    pairs.push([
      'nonces needed',
      `${n ?? 'no practical number'} to catch a rate of ${percentText(true_rate)} with ${percentText(result.wanted_power)} power`,
    ]);
  }
  terminal.out(renderPairs(pairs));
  terminal.out('');
  const row =
    (kind: string) =>
    ({ label, n, beyond, rate_ci95 }: SampleFigures) => [
      kind,
      label,
      String(n),
      String(beyond),
      `${percentText(rate_ci95[0])} – ${percentText(rate_ci95[1])}`,
    ];
  terminal.out(
    renderTable(
      ['', 'sample', 'nonces', `> ${recommended.dist_threshold}`, 'rate (95 %)'],
      [...honest.map(row('honest')), ...fraud.map(row('fraud'))],
      terminal,
    ),
  );
}
