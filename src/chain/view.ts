import { type BlockPace, measureBlockPace } from './block-pace.js';
import { type Epochs, readEpochs } from './epochs.js';
import { type ChainParams, readParams } from './params.js';
import { type Participant, readParticipants } from './participants.js';
import type { ReadOptions } from './read.js';
import { readChainVersion } from './rpc.js';

/** The chain as it stands: what every judgement begins with. */
export interface ChainView {
  epochs: Epochs;
  params: ChainParams;
  participants: Participant[];
  pace: BlockPace;
  /** Empty where the node does not tell. */
  version: string;
}

/** Reads the chain's present state, its parts side by side. */
export async function readChainView(nodeUrl: string, options?: ReadOptions): Promise<ChainView> {
  const [epochs, params, { participants }, pace, version] = await Promise.all([
    readEpochs(nodeUrl, options),
    readParams(nodeUrl, options),
    readParticipants(nodeUrl, options),
    measureBlockPace(nodeUrl, options),
    readChainVersion(nodeUrl, options),
  ]);
  return { epochs, params, participants, pace, version };
}

/** What keeps a reader from trusting a view; empty when nothing does. */
export function viewWarnings({ pace, epochs, participants }: ChainView): string[] {
  const warnings: string[] = [];
  if (pace.catchingUp)
    warnings.push(`the node is catching up: its height ${pace.height} is behind the chain`);
  if (epochs.isConfirmationPocActive)
    warnings.push("confirmation PoC is active: nodes' weight is being measured now");
  if (participants.length === 0) warnings.push('the epoch has no participants');
  return warnings;
}
