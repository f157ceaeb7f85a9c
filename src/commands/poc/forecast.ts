import { measureBlockPace } from '../../chain/block-pace.js';
import { requireNodeUrl } from '../../chain/node-url.js';
import { readStageRecord } from '../../chain/stage/record.js';
import { type Stage, stageOf } from '../../chain/stage/stage.js';
import { AssayError } from '../../errors.js';
import { forecastWeight, type WeightForecast } from '../../poc/forecast.js';
import { pocRules, rulesJson } from '../../poc/rules.js';
import { scaled } from '../../poc/weight.js';
import { readConfig, readReportOf } from '../../run/read.js';
import { renderPairs, renderTable } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';
import { counted } from '../../text/figures.js';
import { jsonText } from '../../text/json.js';
import { chainOptions } from '../chain-options.js';
import { defineCommand } from '../command.js';
import { pacedReads } from './options.js';
import { addressCell } from './outcome-text.js';

export const command = defineCommand({
  usage: '<run..>',
  description:
    "Estimates your weight in the next PoC from the throughput of validations, next to the weights of the model's hosts in the current epoch.",
  positionals: {
    run: {
      type: 'string',
      array: true,
      demandOption: true,
      description: 'run folders of validations with a measured throughput, one for each node of the host',
    },
  },
  options: { ...chainOptions },
  examples: [
    ['assay poc forecast runs/validate_kimi_2026-09-01_120000 --node https://node3.gonka.ai', 'one node'],
    ['assay poc forecast runs/validate_kimi_* --json', 'a host with several nodes'],
  ],
  async run({ run, node, json }, { terminal, signal }) {
    const runs = await Promise.all(run.map(readRate));
    const models = [...new Set(runs.map(({ model }) => model))];
    const [model] = models;
    if (model === undefined || models.length > 1)
      throw new AssayError(`the runs are of several models: ${models.join(', ')}`, {
        advice: 'give the runs of one model: each model has its own coefficient',
      });
    const nodeUrl = requireNodeUrl(node);
    const options = pacedReads(signal);
    const [record, pace] = await Promise.all([
      readStageRecord(nodeUrl, {}, options),
      measureBlockPace(nodeUrl, options),
    ]);
    const stage = stageOf(record);
    if (!stage.params.models.some(({ modelId }) => modelId === model))
      throw new AssayError(`${model} is not in PoC: its nonces earn no weight`, {
        advice: '`assay chain models` shows which models are',
      });
    const rate = runs.reduce((sum, { perSecond }) => sum + perSecond, 0);
    const coefficient = stage.coefficients.get(model) ?? null;
    const forecast = forecastWeight({
      noncesPerSecond: rate,
      msPerBlock: pace.msPerBlock,
      poc: stage.params.poc,
      coefficient,
    });
    const told = { model, rate, runs, forecast, hosts: hostsOf(stage, model), stage };
    const rules = pocRules(stage.version);
    if (rules.warning !== null) terminal.say(`warning: ${rules.warning}`);
    if (coefficient === null)
      terminal.say(`warning: the chain does not report the coefficient of ${model}: its weight is not known`);
    terminal.out(json ? jsonText(forecastJson(told)) : forecastText(told, terminal));
    return 0;
  },
});

interface Rate {
  folder: string;
  model: string;
  /** Nonces per second. */
  perSecond: number;
}

interface Told {
  model: string;
  rate: number;
  runs: Rate[];
  forecast: WeightForecast;
  hosts: Host[];
  stage: Stage;
}

async function readRate(folder: string): Promise<Rate> {
  const [report, config] = await Promise.all([readReportOf(folder), readConfig(folder)]);
  if (report.throughput === null)
    throw new AssayError(`run ${folder}: its throughput was not measured`, {
      advice: 'validate the node with its throughput phase, while the network is in Inference',
    });
  return { folder, model: config.poc_params.model, perSecond: report.throughput.summary.mean };
}

interface Host {
  address: string;
  committed: bigint;
  raw: bigint;
  weight: bigint | null;
}

/** The model's hosts in the epoch's group, heaviest first. */
function hostsOf({ groups, commits, coefficients }: Stage, model: string): Host[] {
  const counts = new Map(
    commits.filter(({ modelId }) => modelId === model).map(({ address, count }) => [address, count]),
  );
  return [...(groups.get(model) ?? [])]
    .map(([address, { raw }]) => ({
      address,
      committed: counts.get(address) ?? 0n,
      raw,
      weight: scaled(raw, coefficients.get(model) ?? null),
    }))
    .sort((a, b) => (a.raw < b.raw ? 1 : -1));
}

function lastPocText(epoch: number, weight: string | null): string {
  return weight === null
    ? `epoch ${epoch}: the weight for 1,000 committed nonces is not known`
    : `epoch ${epoch}: ${weight} weight for 1,000 committed nonces`;
}

/** Weight per thousand committed nonces, from hosts whose commit is known. */
function perThousand(hosts: Host[]): string | null {
  const known = hosts.filter(({ committed, weight }) => committed > 0n && weight !== null);
  const nonces = known.reduce((sum, { committed }) => sum + committed, 0n);
  if (nonces === 0n) return null;
  const weight = known.reduce((sum, host) => sum + (host.weight ?? 0n), 0n);
  const milli = (weight * 1_000_000n) / nonces;
  return `${milli / 1000n}.${String(milli % 1000n).padStart(3, '0')}`;
}

function forecastText({ model, rate, runs, forecast, hosts, stage }: Told, terminal: Terminal): string {
  const { params, coefficients, place } = stage;
  const pairs: [string, string][] = [
    ['model', model],
    ['throughput', `${rate.toFixed(1)} nonces/s (${counted(runs.length, 'run')})`],
    ['stage', `${counted(params.poc.pocStageDuration, 'block')}, about ${Math.round(forecast.seconds)} s`],
    ['nonces', `about ${forecast.nonces}`],
    [
      'corrected',
      params.poc.normalised ? `about ${forecast.raw}` : `about ${forecast.raw} (no correction by the chain)`,
    ],
    ['coefficient', coefficients.get(model)?.toFixed() ?? 'not known'],
    ['weight', forecast.weight === null ? 'not known' : `about ${forecast.weight}, if it is accepted`],
    ['last PoC', lastPocText(place.epoch, perThousand(hosts))],
  ];
  if (hosts.length === 0)
    return `${renderPairs(pairs)}\n\nepoch ${place.epoch} has no group of this model: the weight of its hosts is not known`;
  const table = renderTable(
    ['host', 'committed', 'weight'],
    hosts.map(({ address, committed, weight, raw }) => [
      addressCell(address, terminal),
      committed === 0n ? '–' : String(committed),
      weight === null ? `${raw} before the coefficient` : String(weight),
    ]),
    terminal,
  );
  return `${renderPairs(pairs)}\n\n${table}`;
}

function forecastJson({ model, rate, runs, forecast, hosts, stage }: Told) {
  return {
    model_id: model,
    epoch: stage.place.epoch,
    rules: rulesJson(pocRules(stage.version)),
    nonces_per_second: rate,
    runs,
    stage_seconds: forecast.seconds,
    nonces: String(forecast.nonces),
    raw_weight: String(forecast.raw),
    coefficient: stage.coefficients.get(model)?.toFixed() ?? null,
    weight: forecast.weight === null ? null : String(forecast.weight),
    weight_per_1000_nonces: perThousand(hosts),
    hosts: hosts.map((host) => ({
      address: host.address,
      count: String(host.committed),
      raw_weight: String(host.raw),
      weight: host.weight === null ? null : String(host.weight),
    })),
  };
}
