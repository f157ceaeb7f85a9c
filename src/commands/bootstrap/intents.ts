import { percent } from '../../chain/decimal.js';
import { type Forecast, forecastPreEligibility } from '../../chain/forecast.js';
import { serversOf } from '../../chain/host.js';
import { requireNodeUrl } from '../../chain/node-url.js';
import { readParams, requireModelParams } from '../../chain/params.js';
import { readParticipants } from '../../chain/participants.js';
import { renderPairs, renderTable } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';
import { jsonText } from '../../text/json.js';
import { chainOptions, lookUpFlags, lookUpSettings, modelOption } from '../chain-options.js';
import { forecastJson, forecastPairs } from '../chain-text.js';
import { defineCommand } from '../command.js';
import { forecastProgress } from './forecast-progress.js';

export const command = defineCommand({
  description:
    'Shows who declared intent for a model, who delegates to whom, and what is missing for pre-eligibility.',
  options: { model: modelOption, ...chainOptions, ...lookUpFlags },
  examples: [
    ['assay bootstrap intents --model moonshotai/Kimi-K2.6 --node https://node3.gonka.ai', 'the state now'],
    [
      'assay bootstrap intents --model moonshotai/Kimi-K2.6 --max-wait 60 --json',
      'for a program, in a minute',
    ],
  ],
  async run({ model, node, json, ...flags }, { terminal, signal }) {
    const settings = lookUpSettings(flags);
    const nodeUrl = requireNodeUrl(node);
    const [params, { participants, epochId }] = await Promise.all([
      readParams(nodeUrl, { signal }),
      readParticipants(nodeUrl, { signal }),
    ]);
    const entry = requireModelParams(params, model);
    const progress = forecastProgress(terminal, participants.length);
    const forecast = await forecastPreEligibility(nodeUrl, entry, params, participants, {
      ...settings,
      signal,
      onProgress: progress.onProgress,
    }).finally(progress.stop);

    const serving = new Set(serversOf(model, participants).map(({ address }) => address));
    const intents = intentRows(forecast, serving);
    if (json) {
      const seen = { model, epochId, intents, serving };
      terminal.out(jsonText(intentsJson(forecast, seen)));
    } else {
      printIntents(forecast, intents, model, terminal);
    }
    return 0;
  },
});

type IntentRow = ReturnType<typeof intentRows>[number];

function intentsJson(
  forecast: Forecast,
  seen: { model: string; epochId: number; intents: IntentRow[]; serving: Set<string> },
) {
  const { model, epochId, intents, serving } = seen;
  return {
    model_id: model,
    epoch: epochId,
    intents: intents.map((row) => ({
      ...row,
      weight: String(row.weight),
      delegated_weight: String(row.delegated_weight),
    })),
    serving: [...serving],
    ...forecastJson(model, forecast),
  };
}

function printIntents(forecast: Forecast, intents: IntentRow[], model: string, terminal: Terminal): void {
  const total = forecast.judged.totalNetworkWeight;
  const cells = intents.map(({ address, weight, serving, delegated_weight, delegators }) => [
    address,
    String(weight),
    percent(weight, total),
    serving ? 'yes' : 'no',
    `${delegated_weight} from ${delegators}`,
  ]);
  terminal.out(
    intents.length === 0
      ? `no host with weight has declared intent for ${model}`
      : renderTable(['intent of', 'weight', 'share', 'serves it', 'delegated to it'], cells, terminal, [
          'share',
        ]),
  );
  const pairs = forecastPairs(forecast);
  if (forecast.zeroWeightIntents.length > 0)
    pairs.push(['without weight', `${forecast.zeroWeightIntents.join(', ')}: their intents are not used`]);
  terminal.out('');
  terminal.out(renderPairs(pairs));
  for (const { address, weight, reason } of forecast.skipped)
    terminal.say(`skipped ${address}, weight ${weight}: ${reason}`);
}

function intentRows({ members }: Forecast, serving: Set<string>) {
  return members
    .filter(({ choice }) => choice.kind === 'intent')
    .map(({ address, weight }) => {
      const delegators = members.filter(
        ({ choice }) => choice.kind === 'delegation' && choice.delegateTo === address,
      );
      return {
        address,
        weight,
        serving: serving.has(address),
        delegators: delegators.length,
        delegated_weight: delegators.reduce((sum, member) => sum + member.weight, 0n),
      };
    });
}
