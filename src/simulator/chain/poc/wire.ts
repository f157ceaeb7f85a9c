import { groupBy } from '../../../text/group-by.js';
import type { Answer } from '../answer.js';
import type { SimulatedChain, SimulatedDecimal, SimulatedModel } from '../chain.js';
import { stagesFrom } from '../stages.js';
import type { SimulatedStage } from './stage.js';

type Body = Record<string, unknown>;

const NOT_FOUND: Answer = { status: 404, body: { code: 5, message: 'not found', details: [] } };
const UNKNOWN: Answer = { status: 501, body: { code: 12, message: 'Not Implemented', details: [] } };

/**
 * How a chain's version writes its answers. v0.2.14: bare numbers, fields with value zero left out; v0.2.16:
 * everything as text; v0.2.17: as text, zero left out.
 */
function writer(chain: SimulatedChain) {
  const isNew = isFrom(chain, 16);
  const leavesOut = !isNew || isFrom(chain, 17);
  return (fields: Body): Body =>
    Object.fromEntries(
      Object.entries(fields).flatMap(([key, value]): [string, unknown][] => {
        const isInteger = typeof value === 'bigint' || typeof value === 'number';
        if (leavesOut && (value === null || (isInteger && Number(value) === 0))) return [];
        return [[key, isInteger && isNew ? String(value) : value]];
      }),
    );
}

/** Whether the chain is v0.2.N or newer; a chain without a version counts as v0.2.16. */
export function isFrom({ version }: SimulatedChain, patch: number): boolean {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [0, 2, 16];
  const [major = 0, minor = 0, own = 0] = parts;
  return major > 0 || minor > 2 || (minor === 2 && own >= patch);
}

/** Answers about PoC stages and epoch groups; undefined for another path. */
export function pocAnswer(
  chain: SimulatedChain,
  resource: string,
  args: string[],
  query: URLSearchParams,
  atHeight: number | undefined,
): Answer | undefined {
  const [argument = ''] = args;
  const stage = chain.poc.stages.get(Number(argument));
  switch (resource) {
    case 'all_poc_v2_store_commits':
      return { body: commitsAnswer(chain, stage) };
    case 'all_mlnode_weight_distributions':
      return { body: distributionsAnswer(chain, stage) };
    case 'poc_v2_validations_for_stage':
      return { body: votesAnswer(chain, stage) };
    case 'poc_validation_snapshot':
      return { body: snapshotAnswer(chain, stage, atHeight ?? chain.height) };
    case 'dynamic_coefficients':
      if (!isFrom(chain, 16)) return UNKNOWN;
      return { body: { epoch_index: argument, coefficients: scales(chain) } };
    case 'current_epoch_group_data':
      return groupAnswer(chain, newestGroup(chain), null);
    case 'epoch_group_data':
      return groupAnswer(chain, groupOf(chain, Number(argument)), query.get('model_id'));
    default:
      return undefined;
  }
}

function commitsAnswer(chain: SimulatedChain, stage: SimulatedStage | undefined) {
  const write = writer(chain);
  return {
    commits: [...(stage?.commits.values() ?? [])].map(({ address, modelId, count, rootHash }) =>
      write({
        participant_address: address,
        count,
        root_hash: rootHash,
        hex_pub_key: '02ab',
        model_id: modelId,
      }),
    ),
  };
}

function distributionsAnswer(chain: SimulatedChain, stage: SimulatedStage | undefined) {
  const write = writer(chain);
  return {
    distributions: (stage?.distributions ?? []).map(({ address, modelId, weights }) => ({
      participant_address: address,
      weights: weights.map(({ nodeId, weight }) => write({ node_id: nodeId, weight })),
      model_id: modelId,
    })),
  };
}

function votesAnswer(chain: SimulatedChain, stage: SimulatedStage | undefined) {
  const write = writer(chain);
  const grouped = groupBy(stage?.votes ?? [], ({ modelId, participant }) => `${modelId} ${participant}`);
  return {
    poc_validation: [...grouped.values()].map((votes) => ({
      participant: votes[0]?.participant,
      pub_key: '',
      hex_pub_key: '02ab',
      model_id: votes[0]?.modelId,
      poc_validation: votes.map(({ participant, validator, weight, modelId }) =>
        write({
          participant_address: participant,
          validator_participant_address: validator,
          poc_stage_start_block_height: stage?.height ?? 0,
          validated_weight: weight,
          model_id: modelId,
        }),
      ),
    })),
  };
}

function snapshotAnswer(chain: SimulatedChain, stage: SimulatedStage | undefined, height: number) {
  const snapshot = stage?.snapshot;
  const times = stage && stagesFrom(stage.height, chain);
  const isThere =
    snapshot && times && height >= times.poc_validation_start && height < times.set_new_validators;
  if (!isThere) return isFrom(chain, 17) ? {} : { snapshot: null, found: false };
  const write = writer(chain);
  return {
    snapshot: {
      ...write({
        poc_stage_start_height: stage.height,
        snapshot_height: snapshot.height,
        app_hash: snapshot.appHash,
        generation_start_timestamp: snapshot.generationStart,
        exchange_end_timestamp: snapshot.exchangeEnd,
        total_network_weight: snapshot.totalNetworkWeight,
      }),
      model_voting_powers: [...snapshot.votingPowers].map(([modelId, powers]) => ({
        model_id: modelId,
        voting_powers: [...powers].map(([address, power]) => write({ address, voting_power: power })),
      })),
    },
    found: true,
  };
}

/** The stage whose group is in use now; undefined before a group is formed. */
function newestGroup({ poc }: SimulatedChain): SimulatedStage | undefined {
  return [...poc.stages.values()].filter(({ groups }) => groups !== null).at(-1);
}

function groupOf({ poc }: SimulatedChain, epoch: number): SimulatedStage | undefined {
  return [...poc.stages.values()].find((stage) => stage.epoch === epoch && stage.groups !== null);
}

function groupAnswer(chain: SimulatedChain, stage: SimulatedStage | undefined, model: string | null): Answer {
  const groups = stage?.groups;
  if (!stage || !groups) return NOT_FOUND;
  const write = writer(chain);
  if (model) {
    const group = groups.get(model);
    if (group === undefined) return NOT_FOUND;
    const weights = [...group].map(([address, { raw, nodes }]) => ({
      ...write({ member_address: address, weight: raw, voting_power: raw }),
      ml_nodes: nodes.map(({ nodeId, weight }) => write({ node_id: nodeId, poc_weight: weight })),
    }));
    return {
      body: { epoch_group_data: { ...headOf(chain, stage), model_id: model, validation_weights: weights } },
    };
  }
  const totals = new Map<string, bigint>();
  for (const [modelId, group] of groups)
    for (const [address, { raw }] of group)
      totals.set(address, (totals.get(address) ?? 0n) + multiplied(raw, coefficientOf(chain, modelId)));
  return {
    body: {
      epoch_group_data: {
        ...headOf(chain, stage),
        ...write({ total_weight: [...totals.values()].reduce((sum, weight) => sum + weight, 0n) }),
        sub_group_models: [...groups.keys()],
        confirmation_weight_scales: scales(chain),
        validation_weights: [...totals].map(([address, weight]) =>
          write({ member_address: address, weight }),
        ),
      },
    },
  };
}

function headOf(chain: SimulatedChain, { height, epoch }: SimulatedStage): Body {
  return writer(chain)({ poc_start_block_height: height, epoch_index: epoch });
}

/** Only models in regular PoC have weights. */
function scales(chain: SimulatedChain): Body[] {
  return chain.models
    .filter(({ active }) => active)
    .map((model) => ({
      model_id: model.modelId,
      ...(isFrom(chain, 16)
        ? { weight_scale_factor: null, effective_coefficient: model.coefficient }
        : { weight_scale_factor: model.coefficient }),
    }));
}

function coefficientOf({ models }: SimulatedChain, modelId: string): SimulatedDecimal {
  return models.find((model) => model.modelId === modelId)?.coefficient ?? { value: '1', exponent: 0 };
}

function multiplied(raw: bigint, { value, exponent }: SimulatedDecimal): bigint {
  const product = raw * BigInt(value);
  return exponent >= 0 ? product * 10n ** BigInt(exponent) : product / 10n ** BigInt(-exponent);
}

/** A model in the parameters, in the shape of the chain's version. */
export function modelParams(chain: SimulatedChain, model: SimulatedModel): Body {
  const byScheme = isFrom(chain, 17);
  return {
    model_id: model.modelId,
    ...(byScheme
      ? {
          seq_len: '0',
          schemes: [
            { scheme: 'POC_SCHEME_PREFILL', seq_len: String(model.seqLen), stat_test: model.statTest },
            {
              scheme: 'POC_SCHEME_DECODE',
              seq_len: '16',
              max_tokens: '256',
              stat_test: { ...model.statTest, dist_threshold: { value: '3', exponent: -2 } },
            },
          ],
        }
      : { seq_len: String(model.seqLen), stat_test: model.statTest }),
    weight_scale_factor: isFrom(chain, 16) ? model.weightScaleFactor : model.coefficient,
    penalty_start_epoch: String(model.penaltyStartEpoch),
  };
}
