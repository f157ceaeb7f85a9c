import type { Answer } from './answer.js';
import { addressOf, choicesOf, type SimulatedChain } from './chain.js';
import { cosmosAnswer, hostAnswer } from './poc/fees.js';
import { modelParams, pocAnswer } from './poc/wire.js';

const BASE = '/chain-api/productscience/inference/inference';
const ACCOUNT = /^\/chain-api\/cosmos\/auth\/v1beta1\/account_info\/(gonka1\w+)$/;

/**
 * Answers of the chain's REST gateway.
 *
 * @param atHeight the block whose state is read; undefined: the newest
 */
export function restAnswer(
  chain: SimulatedChain,
  url: URL,
  atHeight: number | undefined,
): Answer | undefined {
  const account = ACCOUNT.exec(url.pathname)?.[1];
  if (account !== undefined) return { body: accountAnswer(chain, account) };
  const pruned = prunedAnswer(chain, atHeight);
  if (url.pathname.startsWith('/chain-api/cosmos/')) return pruned ?? cosmosAnswer(chain, url.pathname);
  if (!url.pathname.startsWith(BASE)) return undefined;
  if (pruned !== undefined) return pruned;
  const [resource = '', ...args] = url.pathname
    .slice(BASE.length + 1)
    .split('/')
    .map(decodeURIComponent);
  const [argument] = args;
  if (resource === 'params') return { body: paramsAnswer(chain) };
  if (resource === 'models_all') return { body: modelsAnswer(chain) };
  if (resource === 'poc_delegation' && argument !== undefined)
    return { body: delegationAnswer(chain, argument, url.searchParams.get('model_id')) };
  return (
    pocAnswer(chain, resource, args, url.searchParams, atHeight) ??
    hostAnswer(chain, resource, args) ?? {
      status: 501,
      body: { code: 12, message: 'Not Implemented', details: [] },
    }
  );
}

function accountAnswer({ hosts, blockSequences }: SimulatedChain, address: string) {
  const number = hosts.findIndex((host) => host.address === address) + 1;
  const sequence = String(blockSequences.get(address) ?? 0);
  return { info: { address, pub_key: null, account_number: String(number), sequence } };
}

function prunedAnswer({ height, poc }: SimulatedChain, atHeight: number | undefined): Answer | undefined {
  if (atHeight === undefined || (atHeight >= poc.keepsStateFrom && atHeight <= height)) return undefined;
  const message = `failed to load state at height ${atHeight}; version does not exist (latest height: ${height}): invalid request`;
  return { status: 400, body: { code: 18, message, details: [] } };
}

function paramsAnswer(chain: SimulatedChain) {
  const { params, models, guardians, poc } = chain;
  return {
    params: {
      epoch_params: {
        epoch_length: String(params.epochLength),
        poc_stage_duration: String(params.pocStageDuration),
        poc_exchange_duration: String(poc.exchangeDuration),
      },
      poc_params: {
        validation_slots: poc.validationSlots,
        validation_vote_threshold_bps: poc.thresholdBps,
        validation_sample_size: 200,
        poc_normalization_enabled: poc.normalised,
        models: models.map((model) => modelParams(chain, model)),
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
      ...(poc.maintenance && { maintenance_params: { maintenance_enabled: true } }),
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
