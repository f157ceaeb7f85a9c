import type { StageRecord } from '../chain/stage/record.js';
import { type Stage, stageOf } from '../chain/stage/stage.js';
import { counted } from '../text/figures.js';
import { type EarlyShares, shareText } from './early-share.js';
import { judgeStage, type ModelOutcome } from './outcome.js';

/** One look at a running PoC, a line for each model; with a host, also the host's own figures. */
export function stepTexts(record: StageRecord, address: string | null): string[] {
  const stage = stageOf(record);
  // Each look judges one host, not all of them.
  const { models } = judgeStage(stage, { address: address ?? '', model: null, hardware: null });
  const texts = models.flatMap((model) => {
    const parts = [...commitParts(stage, model), ...voteParts(stage, model)];
    return parts.length === 0 ? [] : [`${model.modelId}: ${parts.join('; ')}`];
  });
  return texts.length === 0 ? ['no commit yet'] : texts;
}

function commitParts({ commits }: Stage, { modelId, participants, early }: ModelOutcome): string[] {
  const committed = commits.filter((commit) => commit.modelId === modelId);
  if (committed.length === 0) return [];
  const count = committed.reduce((sum, commit) => sum + commit.count, 0n);
  const parts = [`${counted(count, 'nonce')} by ${counted(committed.length, 'host')}`];
  const [own] = participants;
  if (own?.commit) {
    const nodes = own.nodes?.map(({ nodeId, weight }) => `${nodeId} ${weight}`).join(', ');
    parts.push(nodes === undefined ? `yours ${own.commit.count}` : `yours ${own.commit.count} (${nodes})`);
  }
  if (early !== null) {
    parts.push(earlyText(early, own?.address));
  }
  return parts;
}

function earlyText({ median, shares }: EarlyShares, address: string | undefined): string {
  const middle = shareText(median.early, median.final);
  const own = shares.find((share) => share.address === address);
  if (own === undefined) return `first third: median ${middle}`;
  const mine = shareText(own.shareBps, 10_000n);
  return own.missed
    ? `first third: median ${middle}, yours ${mine}: too few`
    : `first third: median ${middle}, yours ${mine}`;
}

function voteParts({ votes }: Stage, { modelId, participants }: ModelOutcome): string[] {
  const all = [...votes]
    .filter(([key]) => key.startsWith(`${modelId} `))
    .flatMap(([, list]) => [...list.values()].flat());
  if (all.length === 0) return [];
  const invalid = all.filter((vote) => vote <= 0n).length;
  const acceptance = participants[0]?.commit ? participants[0].acceptance : null;
  const own = acceptance
    ? [
        `on you ${acceptance.valid} valid, ${acceptance.invalid} invalid of ${acceptance.sampled} ${acceptance.unit === 'slots' ? 'slots' : 'voting power'}`,
      ]
    : [];
  return [`${counted(all.length, 'vote')}, ${invalid} invalid`, ...own];
}
