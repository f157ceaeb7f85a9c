import { type BlockEvent, choicesOf, type SimulatedChain, type SimulatedModel } from './chain.js';

/**
 * The event for a model in the block at the snapshot height. It is written from the protocol and shares no
 * code with `assay`'s forecast, so a comparison tests both.
 */
export function preEligibilityEvent(chain: SimulatedChain, model: SimulatedModel): BlockEvent {
  const { vMin, wThreshold } = chain.params;
  const choices = choicesOf(chain, model.modelId);
  const members = new Map<string, bigint>();
  for (const { address, weight, seed, excluded } of chain.hosts) {
    if (weight > 0n && seed && !excluded) members.set(address, weight);
  }

  let total = 0n;
  let intentHosts = 0;
  let intentWeight = 0n;
  let delegatedWeight = 0n;
  for (const [address, weight] of members) {
    total += weight;
    const choice = choices.get(address);
    if (choice?.kind === 'intent') {
      intentHosts += 1;
      intentWeight += weight;
    }
    if (choice?.kind === 'delegation') {
      const target = choice.delegateTo;
      if (members.has(target) && choices.get(target)?.kind === 'intent') delegatedWeight += weight;
    }
  }
  const reachable = intentWeight + delegatedWeight;

  const numerator = BigInt(wThreshold.value) * total;
  const needed =
    wThreshold.exponent >= 0
      ? numerator * 10n ** BigInt(wThreshold.exponent)
      : numerator / 10n ** BigInt(-wThreshold.exponent);
  const meetsWeight = BigInt(wThreshold.value) === 0n || intentWeight >= needed;
  const meetsVMin = vMin <= 0 || intentHosts >= vMin;
  const meetsReachability = total > 0n && reachable * 3n > total * 2n;

  const attributes = {
    snapshot_height: chain.height,
    model_id: model.modelId,
    pre_eligible: meetsWeight && meetsVMin && meetsReachability,
    meets_weight_threshold: meetsWeight,
    meets_v_min: meetsVMin,
    meets_reachability: meetsReachability,
    intent_host_count: intentHosts,
    intent_weight: intentWeight,
    reachable_voting_power: reachable,
    total_network_weight: total,
    mode: 'EndBlock',
  };
  return {
    type: 'bootstrap_model_preeligibility',
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: String(value),
      index: true,
    })),
  };
}

/** Whether a model enters regular PoC: enough hosts that had weight before commit, with enough weight. */
export function becomesActive(chain: SimulatedChain): boolean {
  const committers = chain.hosts.filter(({ commits, weight }) => commits && weight > 0n);
  const total = chain.hosts.reduce((sum, { weight }) => sum + weight, 0n);
  const committed = committers.reduce((sum, { weight }) => sum + weight, 0n);
  const { value, exponent } = chain.params.wThreshold;
  return (
    committers.length >= chain.params.vMin &&
    committed * 10n ** BigInt(Math.max(0, -exponent)) >= BigInt(value) * total
  );
}
