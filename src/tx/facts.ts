import { addressFault } from '../chain/address.js';
import { type Choice, readChoice } from '../chain/choice.js';
import { type Forecast, forecastPreEligibility } from '../chain/forecast.js';
import { readHostStanding } from '../chain/host.js';
import type { RuleSet } from '../chain/rules/costs.js';
import { modelState } from '../chain/rules/model-state.js';
import { chooseRules } from '../chain/rules/rule-set.js';
import { readChainView } from '../chain/view.js';
import { hasGolden } from '../golden/catalog.js';
import type { TxFacts } from './checks.js';

export interface FactsRequest {
  nodeUrl: string;
  model: string;
  wanted: Choice;
  /** undefined: not known, and then not checked. */
  address: string | undefined;
  rules: RuleSet | 'auto';
  /** Reads the choice of each host, which is slow. */
  checkShare: boolean;
  signal: AbortSignal;
}

const SHARE_LOOK_UP = { concurrency: 4, maxWaitMs: 60_000 };

/** Reads the facts for the checks before a transaction. */
export async function gatherTxFacts(request: FactsRequest): Promise<TxFacts> {
  const { nodeUrl, model, wanted, address, signal } = request;
  const view = await readChainView(nodeUrl, { signal });
  const rules = chooseRules(request.rules, view.version, undefined);
  const entry = view.params.models.find(({ modelId }) => modelId === model);
  const canRead = (text: string | undefined): text is string =>
    text !== undefined && addressFault(text) === undefined && entry !== undefined;
  const delegate = wanted.kind === 'delegation' ? wanted.delegateTo : undefined;
  const [me, delegatesChoice, forecast] = await Promise.all([
    canRead(address) && entry !== undefined
      ? readHostStanding(nodeUrl, address, entry, view, rules.ruleSet, { signal })
      : null,
    canRead(delegate) ? readChoice(nodeUrl, delegate, model, { signal }) : null,
    request.checkShare && canRead(delegate) && entry !== undefined
      ? forecastPreEligibility(nodeUrl, entry, view.params, view.participants, { ...SHARE_LOOK_UP, signal })
      : (null as Forecast | null),
  ]);
  const isKnownName = entry === undefined && (await hasGolden(model));
  const state = modelState(model, view, isKnownName);
  return { model, wanted, view, rules, state, address, me, delegatesChoice, forecast };
}
