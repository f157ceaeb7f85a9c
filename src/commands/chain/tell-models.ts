import { expectedTime } from '../../chain/block-pace.js';
import { choiceText } from '../../chain/choice.js';
import { percentOf } from '../../chain/decimal.js';
import { type ModelRow, type ModelTable, type Owed, readModelTable } from '../../chain/model-table.js';
import { rewardText } from '../../chain/reward.js';
import { viewWarnings } from '../../chain/view.js';
import { renderPairs, renderTable } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';
import { counted, momentText } from '../../text/figures.js';
import { jsonText } from '../../text/json.js';
import { pacedDurationText } from '../chain-text.js';
import type { Context } from '../command.js';

/** Reads the table of all models and prints it. */
export async function tellModels(
  nodeUrl: string,
  address: string | undefined,
  asJson: boolean,
  { terminal, signal }: Context,
): Promise<number> {
  const table = await readModelTable(nodeUrl, address, { signal });
  for (const warning of viewWarnings(table.view)) terminal.say(`warning: ${warning}`);
  terminal.out(asJson ? jsonText(tableJson(table)) : tableText(table, nodeUrl, terminal));
  return 0;
}

function tableText(table: ModelTable, nodeUrl: string, terminal: Terminal): string {
  const { view, rows, host, rules } = table;
  const { epochs, pace } = view;
  const parts = [
    renderPairs([
      ['node', view.version ? `${nodeUrl}, chain ${view.version}` : `${nodeUrl}, chain version not known`],
      ['now', `epoch ${epochs.epoch.index}, phase ${epochs.phase}, height ${pace.height}`],
    ]),
    renderTable(
      ['model', 'state', 'threshold', 'coeff.', 'hosts', 'weight'],
      rows.map(({ modelId, state, statTest, coefficient, hosts, weight }) => [
        modelId,
        state,
        statTest === null ? '–' : String(statTest.distThreshold),
        coefficient === null ? '?' : coefficient.toFixed(),
        String(hosts),
        String(weight),
      ]),
      terminal,
      ['hosts', 'coeff.'],
    ),
    rows.map(({ modelId, evidence }) => `${modelId}: ${evidence}`).join('\n'),
  ];
  if (host === null)
    return [...parts, 'to see the choices your host must make, give --address or --from'].join('\n\n');
  const weight = host.weight === null ? 'not in the running epoch' : `weight ${host.weight}`;
  parts.push(
    renderPairs([
      ['your host', `${host.address}, ${weight}`],
      ['reward', host.reward === null ? 'the chain gives no estimate' : rewardText(host.reward)],
    ]),
    ...rows.map((row) => ownText(row, table)),
    `costs by rules ${rules.ruleSet} (${rules.why}); an estimate from today's weight, subtracted from the ${rules.takenFrom}`,
  );
  return parts.join('\n\n');
}

function ownText({ modelId, own, state }: ModelRow, { view }: ModelTable): string {
  if (own === null) return '';
  const { pace } = view;
  const pairs: [string, string][] = [
    ['serves it', own.serves ? 'yes' : 'no'],
    ['stored', choiceText(own.choice)],
  ];
  if (own.owed === null) pairs.push(['owed', `nothing${own.note === '' ? '' : `: ${own.note}`}`]);
  else {
    const blocks = own.owed.byHeight - pace.height;
    const when =
      blocks > 0
        ? `in ${counted(blocks, 'block')} (${pacedDurationText(blocks * pace.msPerBlock)}, about ${momentText(expectedTime(own.owed.byHeight, pace))})`
        : 'which has passed';
    pairs.push(
      ['owed', own.owed.what],
      ['by height', `${own.owed.byHeight}, ${when}`],
      ['if left out', costText(own.owed, state)],
    );
    if (own.note !== '') pairs.push(['note', own.note]);
  }
  return `${modelId} (${state})\n${renderPairs(pairs)}`;
}

function costText({ cost, fromEpoch }: Owed, state: string): string {
  if (cost === null) return 'costs nothing';
  const when = state === 'launching' ? ', if the model becomes pre-eligible' : '';
  return `costs ${cost.amount} (${percentOf(cost.fraction)}) an epoch, from epoch ${fromEpoch} on${when}`;
}

function tableJson({ view, rows, host, rules }: ModelTable) {
  return {
    epoch: view.epochs.epoch.index,
    phase: view.epochs.phase,
    height: view.pace.height,
    chain_version: view.version || null,
    rules: { rule_set: rules.ruleSet, taken_from: rules.takenFrom, why: rules.why },
    models: rows.map((row) => ({
      model_id: row.modelId,
      state: row.state,
      evidence: row.evidence,
      gate: row.statTest && {
        dist_threshold: row.statTest.distThreshold.toFixed(),
        p_mismatch: row.statTest.pMismatch.toFixed(),
        p_value_threshold: row.statTest.pValueThreshold.toFixed(),
      },
      coefficient: row.coefficient?.toFixed() ?? null,
      hosts: row.hosts,
      weight: String(row.weight),
      penalty_start_epoch: row.penaltyStartEpoch,
      own: row.own && {
        serves: row.own.serves,
        stored: row.own.choice,
        owed: row.own.owed && {
          what: row.own.owed.what,
          by_height: row.own.owed.byHeight,
          cost: String(row.own.owed.cost?.amount ?? 0n),
          fraction: row.own.owed.cost?.fraction.toFixed() ?? '0',
          from_epoch: row.own.owed.fromEpoch,
        },
        note: row.own.note,
      },
    })),
    host: host && {
      address: host.address,
      weight: host.weight === null ? null : String(host.weight),
      reward_coins: host.reward && String(host.reward.rewardCoins),
    },
  };
}
