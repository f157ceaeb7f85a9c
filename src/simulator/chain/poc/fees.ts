import type { Answer } from '../answer.js';
import type { SimulatedChain } from '../chain.js';
import { isFrom } from './wire.js';

const ABSENT: Answer = { status: 404, body: { code: 5, message: 'not found', details: [] } };

/** Answers of the chain's own modules: balances, fee allowances, grants. */
export function cosmosAnswer({ poc }: SimulatedChain, path: string): Answer | undefined {
  const [module, , call, first = '', second = ''] = path.slice('/chain-api/cosmos/'.length).split('/');
  if (module === 'bank' && call === 'spendable_balances')
    return { body: { balances: [{ denom: 'ngonka', amount: poc.spendable }], pagination: null } };
  if (module === 'feegrant' && call === 'allowance') {
    const limit = poc.allowances[second];
    if (limit === undefined) return ABSENT;
    const spendLimit = limit === null ? [] : [{ denom: 'ngonka', amount: limit }];
    const basic = {
      '@type': '/cosmos.feegrant.v1beta1.BasicAllowance',
      spend_limit: spendLimit,
      expiration: null,
    };
    return { body: { allowance: { granter: first, grantee: second, allowance: basic } } };
  }
  if (module === 'authz' && call === 'grants') {
    const grants = Object.entries(poc.grants).flatMap(([grantee, types]) =>
      types.map((msg) => ({
        granter: second,
        grantee,
        authorization: { '@type': '/cosmos.authz.v1beta1.GenericAuthorization', msg },
        expiration: null,
      })),
    );
    return { body: { grants, pagination: null } };
  }
  return undefined;
}

/** Answers about one host: its reward, challenges, maintenance windows. */
export function hostAnswer(chain: SimulatedChain, resource: string, args: string[]): Answer | undefined {
  const { poc, hosts } = chain;
  if (resource === 'estimate_bitcoin_reward') {
    const host = hosts.find(({ address }) => address === args[0]);
    if (host === undefined) return ABSENT;
    const reward = {
      participant: host.address,
      reward_coins: String(host.weight * 1_000_000_000n),
      work_coins: '0',
    };
    return { body: { settle_amount: { ...reward, epoch_index: String(chain.epochIndex) } } };
  }
  if (resource === 'open_poc_challenges' && isFrom(chain, 17))
    return {
      body: {
        challenges: hosts
          .filter(({ name }) => poc.challenged.includes(name))
          .map(({ address }) => ({
            challenge: { target: address, challenger: '', start_height: String(chain.height) },
            finish: String(chain.height + 50),
            generating: true,
            commits: [],
          })),
      },
    };
  if (resource === 'maintenance_schedulability' && poc.maintenance)
    return poc.maintenanceRefusal === ''
      ? { body: { schedulable: true, rejection_reason: '' } }
      : { body: { schedulable: false, rejection_reason: poc.maintenanceRefusal } };
  return undefined;
}

/** `/v1/versions` of the host's network node. */
export function versionsAnswer({ poc }: SimulatedChain, url: URL): Answer | undefined {
  if (url.pathname !== '/v1/versions') return undefined;
  return poc.versions === null ? ABSENT : { body: poc.versions };
}

/** The artifact state of the first host's own API: what it committed last. */
export function artifactState({ poc, hosts }: SimulatedChain, url: URL): Answer | undefined {
  if (url.pathname !== '/v1/poc/artifacts/state') return undefined;
  const stage = poc.stages.get(Number(url.searchParams.get('height')));
  const commit = stage?.commits.get(`${url.searchParams.get('model_id')} ${hosts[0]?.address}`);
  if (commit === undefined)
    return { status: 404, body: { message: 'not found for height (may be pruned or not yet created)' } };
  return {
    body: {
      poc_stage_start_block_height: stage?.height,
      model_id: commit.modelId,
      count: Number(commit.count),
      root_hash: commit.rootHash,
    },
  };
}
