import type { Answer } from './answer.js';
import { addressOf, choicesOf, type SimulatedChain } from './chain.js';

const BASE = '/chain-api/productscience/inference/inference';

/** Answers of the chain's REST gateway. */
export function restAnswer(chain: SimulatedChain, url: URL): Answer | undefined {
  if (!url.pathname.startsWith(BASE)) return undefined;
  const [resource, argument] = url.pathname.slice(BASE.length + 1).split('/');
  if (resource === 'params') return { body: paramsAnswer(chain) };
  if (resource === 'models_all') return { body: modelsAnswer(chain) };
  if (resource === 'poc_delegation' && argument !== undefined)
    return { body: delegationAnswer(chain, argument, url.searchParams.get('model_id')) };
  return { status: 501, body: { code: 12, message: 'Not Implemented', details: [] } };
}

function paramsAnswer({ params, models, guardians }: SimulatedChain) {
  return {
    params: {
      epoch_params: {
        epoch_length: String(params.epochLength),
        poc_stage_duration: String(params.pocStageDuration),
      },
      poc_params: {
        models: models.map((model) => ({
          model_id: model.modelId,
          seq_len: String(model.seqLen),
          stat_test: model.statTest,
          weight_scale_factor: model.weightScaleFactor,
          penalty_start_epoch: String(model.penaltyStartEpoch),
        })),
      },
      delegation_params: {
        deploy_window: String(params.deployWindow),
        refusal_penalty: params.refusalPenalty,
        no_participation_penalty: params.noParticipationPenalty,
        delegation_share: params.delegationShare,
        w_threshold: params.wThreshold,
        v_min: String(params.vMin),
        cap_factor: { value: '0', exponent: 0 },
        initial_model_id: models[0]?.modelId ?? '',
        max_model_voting_power_percentage: { value: '3', exponent: -1 },
      },
      genesis_guardian_params: { guardian_addresses: guardians },
    },
  };
}

function modelsAnswer({ models }: SimulatedChain) {
  return {
    model: models.map(({ modelId, modelArgs }) => ({
      proposed_by: addressOf('governance'),
      id: modelId,
      hf_repo: modelId,
      hf_commit: '',
      model_args: modelArgs,
    })),
  };
}

function delegationAnswer(chain: SimulatedChain, address: string, asked: string | null) {
  const found = chain.models
    .map(({ modelId }) => modelId)
    .filter((modelId) => asked === null || modelId === asked)
    .flatMap((modelId) => {
      const choice = choicesOf(chain, modelId).get(address);
      return choice === undefined ? [] : [{ modelId, choice }];
    });
  const participantEntries = (kind: 'intent' | 'refusal') =>
    found
      .filter(({ choice }) => choice.kind === kind)
      .map(({ modelId }) => ({ model_id: modelId, participant: address }));
  return {
    delegations: found.flatMap(({ modelId, choice }) =>
      choice.kind === 'delegation'
        ? [{ model_id: modelId, delegator: address, delegate_to: choice.delegateTo }]
        : [],
    ),
    refusals: participantEntries('refusal'),
    intents: participantEntries('intent'),
  };
}
