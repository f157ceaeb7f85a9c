import { type BlockPace, expectedTime } from '../chain/block-pace.js';
import { percent } from '../chain/decimal.js';
import type { Forecast } from '../chain/forecast.js';
import type { PreEligibilityEvent } from '../chain/pre-eligibility-event.js';
import { preEligibilityJson } from '../chain/pre-eligibility-event.js';
import { counted, secondText } from '../text/figures.js';

/** A height with its distance and clock time: `3874436, in 91 blocks (9 s, 2026-11-24 16:20:01 UTC)`. */
export function heightText(height: number | null, pace: BlockPace): string {
  if (height === null) return 'none: the deploy window is 0';
  const blocks = height - pace.height;
  const at = secondText(expectedTime(height, pace));
  const duration = pacedDurationText(Math.abs(blocks) * pace.msPerBlock);
  if (blocks > 0) return `${height}, in ${counted(blocks, 'block')} (${duration}, about ${at})`;
  if (blocks === 0) return `${height}, the current block`;
  return `${height}, passed ${counted(-blocks, 'block')} ago (${duration}, about ${at})`;
}

/** A span of time for people, in two units. */
export function pacedDurationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** The three checks of a forecast, each with what is missing, as names and values. */
export function forecastPairs({ judged, atMost, needs, skipped }: Forecast): [string, string][] {
  const total = judged.totalNetworkWeight;
  const said = (missing: bigint | number) => (missing === 0 || missing === 0n ? 'met' : `${missing} missing`);
  const share = (have: bigint, { needed, missing }: { needed: bigint; missing: bigint }) =>
    `${have} of ${needed} needed (${percent(have, total)} of ${total}): ${said(missing)}`;
  const hosts = needs.intentHosts;
  const pairs: [string, string][] = [
    ['forecast', forecastWord(judged.preEligible, atMost.preEligible)],
    ['intent hosts', `${judged.intentHostCount} of ${hosts.needed} needed: ${said(hosts.missing)}`],
    ['intent weight', share(judged.intentWeight, needs.intentWeight)],
    ['reachable weight', share(judged.reachableVotingPower, needs.reachableVotingPower)],
  ];
  if (skipped.length > 0) {
    const weight = skipped.reduce((sum, entry) => sum + entry.weight, 0n);
    pairs.push([
      'skipped',
      `${counted(skipped.length, 'host')} with weight ${weight} could not be read: intents ${judged.intentHostCount} to ${atMost.intentHostCount}, intent weight ${judged.intentWeight} to ${atMost.intentWeight}, reachable ${judged.reachableVotingPower} to ${atMost.reachableVotingPower}`,
    ]);
  }
  return pairs;
}

function forecastWord(atLeast: boolean, atMost: boolean): string {
  if (atLeast) return 'pre-eligible if the snapshot were now';
  return atMost ? 'open: depends on hosts that could not be read' : 'not pre-eligible, the state now';
}

/** A forecast for JSON output. */
export function forecastJson(model: string, { judged, atMost, needs, skipped, zeroWeightIntents }: Forecast) {
  return {
    forecast: {
      model_id: model,
      ...preEligibilityJson(judged),
      missing: {
        intent_hosts: needs.intentHosts.missing,
        intent_weight: String(needs.intentWeight.missing),
        reachable_voting_power: String(needs.reachableVotingPower.missing),
      },
      needed: {
        intent_hosts: needs.intentHosts.needed,
        intent_weight: String(needs.intentWeight.needed),
        reachable_voting_power: String(needs.reachableVotingPower.needed),
      },
      ...(skipped.length > 0 && { at_most: preEligibilityJson(atMost) }),
    },
    skipped: skipped.map(({ address, weight, reason }) => ({ address, weight: String(weight), reason })),
    zero_weight_intents: zeroWeightIntents,
  };
}

/** An event of the chain as names and values. */
export function eventPairs(event: PreEligibilityEvent): [string, string][] {
  return Object.entries(eventJson(event)).map(([name, value]) => [name, String(value)]);
}

/** An event of the chain, under its own attribute names. */
export function eventJson(event: PreEligibilityEvent) {
  return {
    snapshot_height: event.snapshotHeight,
    model_id: event.modelId,
    ...preEligibilityJson(event),
  };
}
