import { rewardText } from '../../chain/reward.js';
import { SharedReads } from '../../chain/shared-reads.js';
import type { Examination, Examined } from '../../doctor/examine.js';
import { entriesOf, examineHost } from '../../lifecycle/examine-host.js';
import { type LifecyclePlan, makePlan } from '../../lifecycle/plan.js';
import type { PlanStep } from '../../lifecycle/plan-steps.js';
import { renderPairs } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';
import { roughDurationText } from '../../text/duration.js';
import { jsonText } from '../../text/json.js';
import { quoteForShell } from '../../text/shell.js';
import { costsJson, costTable } from '../bootstrap/status-text.js';
import { heightText } from '../chain-text.js';
import { defineCommand } from '../command.js';
import { checkLine } from '../node/network-options.js';
import { fileOption, givenOptions, readHost } from './options.js';

export const command = defineCommand({
  description:
    'Reads a host file, checks everything that can be checked now, and prints the steps of the bootstrap with heights, times, commands and possible cost. It changes nothing. Exit 1 when a problem blocks it.',
  options: {
    ...fileOption,
    ...givenOptions,
    json: { type: 'boolean', description: 'print JSON' },
  },
  examples: [['assay lifecycle plan --file host.yaml', 'what to do, when, and what it may cost']],
  async run(args, { terminal, signal, hasFlag }) {
    const { file, json } = args;
    const host = await readHost(args);
    const entries = await entriesOf(file);
    const shared = new SharedReads(signal);
    const [plan, examination] = await Promise.all([
      makePlan(host, signal, { entries, shared }),
      examineHost(host, entries, { folder: process.cwd(), columns: null, signal, shared }),
    ]);
    for (const warning of plan.warnings) terminal.say(`warning: ${warning}`);
    for (const check of plan.checks) terminal.say(checkLine(check, hasFlag));
    const doctor = beside(examination, plan);
    for (const finding of doctor) terminal.say(doctorLine(finding));
    terminal.out(
      json ? jsonText({ ...planJson(plan), doctor: examination.findings }) : planText(plan, terminal),
    );
    const obstacles = [
      ...plan.obstacles,
      ...(plan.missed === undefined ? [] : [plan.missed]),
      ...doctor.flatMap(({ state, check, text }) => (state === 'fail' ? [`${check}: ${text}`] : [])),
    ];
    for (const obstacle of obstacles) terminal.say(`blocked by: ${obstacle}`);
    const isClear = obstacles.length === 0 && plan.checks.every(({ state }) => state !== 'fail');
    return isClear ? 0 : 1;
  },
});

/** Checks that the plan itself covers: the time until PoC, and the weights. */
const PLANNED = ['time', 'weights'];

/** Findings of the doctor that are not ok, and that the plan does not already print. */
function beside({ findings }: Examination, { warnings }: LifecyclePlan): Examined[] {
  return findings.filter(
    ({ check, state, text }) => state !== 'ok' && !PLANNED.includes(check) && !warnings.includes(text),
  );
}

const WORDS = { ok: 'ok', warn: 'warning', fail: 'FAILED', unknown: 'unknown' } as const;

function doctorLine({ state, check, text, advice }: Examined): string {
  return `${WORDS[state].padEnd(8)} ${check.padEnd(17)} ${text}${advice === undefined ? '' : `; ${advice}`}`;
}

function planText(plan: LifecyclePlan, terminal: Terminal): string {
  const { view, heights, rules, steps, costs, weight, reward, loadTime, notes } = plan;
  const pairs: [string, string][] = [
    ['epoch', String(heights.epoch)],
    ['snapshot', heightText(heights.snapshotHeight, view.pace)],
    ['PoC start', heightText(heights.pocStartHeight, view.pace)],
    // A plan with only a choice loads no model.
    ...(steps.length > 1
      ? [
          [
            'a load',
            `${roughDurationText(loadTime.seconds)} with its validation (${loadTime.isMeasured ? 'measured' : 'load_time'})`,
          ] as [string, string],
        ]
      : []),
    [
      'your weight',
      `${weight}; the possible cost is subtracted from your ${rules.takenFrom} (rules ${rules.ruleSet})`,
    ],
    ...(reward === null ? [] : [['reward', rewardText(reward)] as [string, string]]),
  ];
  const lines = steps.map((step, index) => stepText(step, index + 1, view));
  return [renderPairs(pairs), ...lines, costTable({ costs }, terminal), notes.join('\n')].join('\n\n');
}

function stepText(
  { what, fromHeight, byHeight, command }: PlanStep,
  number: number,
  { pace }: LifecyclePlan['view'],
) {
  return [
    `${number}. ${what}`,
    ...(fromHeight === null ? [] : [`   from ${heightText(fromHeight, pace)}`]),
    ...(byHeight === null ? [] : [`   by ${heightText(byHeight, pace)}`]),
    ...(command === null ? [] : [`   ${quoteForShell(command)}`]),
  ].join('\n');
}

function planJson({
  view,
  heights,
  rules,
  steps,
  costs,
  weight,
  reward,
  checks,
  obstacles,
  missed,
  notes,
  warnings,
  loadTime,
  downloads,
}: LifecyclePlan) {
  return {
    height: view.pace.height,
    ms_per_block: Math.round(view.pace.msPerBlock),
    epoch: heights.epoch,
    snapshot_height: heights.snapshotHeight,
    poc_start_height: heights.pocStartHeight,
    weight: String(weight),
    reward_coins: reward && String(reward.rewardCoins),
    rules: { rule_set: rules.ruleSet, taken_from: rules.takenFrom },
    steps: steps.map(({ what, fromHeight, byHeight, command }) => ({
      what,
      from_height: fromHeight,
      by_height: byHeight,
      command,
    })),
    costs: costsJson(costs),
    load_time: { seconds: loadTime.seconds, measured: loadTime.isMeasured },
    downloads: downloads.map(({ id, status, leftS }) => ({ id, status, left_s: leftS && Math.round(leftS) })),
    checks,
    warnings,
    obstacles: [...obstacles, ...(missed === undefined ? [] : [missed])],
    notes,
  };
}
