import type { Choice } from './choice.js';
import { type LookUpOptions, type LookUpResult, lookUpChoices } from './look-up.js';
import type { ChainParams, ModelParams } from './params.js';
import type { Participant } from './participants.js';
import {
  type Member,
  type PreEligibility,
  type PreEligibilityNeeds,
  type PreEligibilityRules,
  preEligibilityNeeds,
  preEligibilityRange,
} from './rules/pre-eligibility.js';

/** What the snapshot would say if it were taken now. */
export interface Forecast {
  /** The lowest result that is possible with what was read; unread choices do not count. */
  judged: PreEligibility;
  /** The highest result that is possible. */
  atMost: PreEligibility;
  needs: PreEligibilityNeeds;
  /** Live members with their stored choices, as far as they could be read. */
  members: Member[];
  /** Hosts without weight that declare intent: the chain does not count them. */
  zeroWeightIntents: string[];
  /** Members that could not be read; the totals may be too low by their weight. */
  skipped: { address: string; weight: bigint; reason: string }[];
}

/** Whether the chain counts a participant as a live member. */
export function isLive({ weight, hasSeed, excluded }: Participant): boolean {
  return weight > 0n && hasSeed && !excluded;
}

/** Looks up what each participant has stored for a model, and judges it as the snapshot will. */
export async function forecastPreEligibility(
  nodeUrl: string,
  entry: ModelParams,
  { delegation }: ChainParams,
  participants: Participant[],
  options: Omit<LookUpOptions, 'onProgress'> & {
    onProgress?: (soFar: Forecast, done: number, total: number) => void;
  },
): Promise<Forecast> {
  const rules: PreEligibilityRules = { ...delegation, weightScaleFactor: entry.weightScaleFactor };
  const live = participants.filter(isLive).sort(byWeight);
  const weightless = participants.filter(({ weight }) => weight === 0n);
  // The heaviest first: the range of possible results then narrows fastest.
  const addresses = [...live, ...weightless].map(({ address }) => address);
  const judge = ({ choices, failures }: LookUpResult): Forecast => {
    const isKnown = ({ address }: Participant) => choices.has(address);
    const members = live.filter(isKnown).map(({ address, weight }): Member => {
      return { address, weight, choice: choices.get(address) as Choice };
    });
    const unknown = live.filter((participant) => !isKnown(participant));
    const { low, high } = preEligibilityRange(members, unknown, rules);
    return {
      judged: low,
      atMost: high,
      needs: preEligibilityNeeds(low, rules),
      members,
      zeroWeightIntents: weightless
        .map(({ address }) => address)
        .filter((address) => choices.get(address)?.kind === 'intent'),
      skipped: [...live, ...weightless].flatMap(({ address, weight }) => {
        const reason = failures.get(address);
        return reason === undefined ? [] : [{ address, weight, reason }];
      }),
    };
  };
  const { onProgress, ...lookUp } = options;
  const result = await lookUpChoices(nodeUrl, entry.modelId, addresses, {
    ...lookUp,
    ...(onProgress && {
      onProgress: (soFar, total) => onProgress(judge(soFar), soFar.choices.size + soFar.failures.size, total),
    }),
  });
  return judge(result);
}

function byWeight(a: Participant, b: Participant): number {
  return a.weight < b.weight ? 1 : a.weight > b.weight ? -1 : 0;
}
