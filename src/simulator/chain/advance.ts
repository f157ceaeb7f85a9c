import type { Block, BlockEvent, SimulatedChain } from './chain.js';
import { playStage } from './poc/poc.js';
import { becomesActive, preEligibilityEvent } from './snapshot.js';
import { stagesFrom } from './stages.js';
import { includeMempool } from './transactions.js';

const KEPT_BLOCKS = 20_000;

/** Makes the next block: first its transactions, then the chain's own work at the end of the block. */
export function makeBlock(chain: SimulatedChain, time: Date): Block {
  chain.height += 1;
  const { next_poc_start: nextPocStart } = stagesFrom(chain.pocStartHeight, chain);
  if (chain.height === nextPocStart) {
    chain.pocStartHeight = nextPocStart;
    chain.epochIndex += 1;
  }
  includeMempool(chain);
  playStage(chain, chain.height);
  const events = [...noise(chain.height), ...endOfBlock(chain)];
  const block = { height: chain.height, time, events };
  chain.blocks.set(chain.height, block);
  chain.blocks.delete(chain.height - KEPT_BLOCKS);
  return block;
}

function endOfBlock(chain: SimulatedChain): BlockEvent[] {
  const stages = stagesFrom(chain.pocStartHeight, chain);
  if (chain.height === stages.poc_validation_end) endValidation(chain);
  const { deployWindow } = chain.params;
  if (deployWindow <= 0 || chain.height !== stages.next_poc_start - deployWindow) return [];
  return chain.models.filter(({ active }) => !active).map((model) => preEligibilityEvent(chain, model));
}

/** Ends an epoch's PoC: new models join, intents and refusals are deleted, delegations stay. */
function endValidation(chain: SimulatedChain): void {
  const activates = becomesActive(chain);
  for (const model of chain.models) {
    if (model.active || !activates) continue;
    model.active = true;
    for (const host of chain.hosts) if (host.commits) host.models = [...host.models, model.modelId];
  }
  for (const choices of chain.choices.values()) {
    for (const [address, { kind }] of choices) if (kind !== 'delegation') choices.delete(address);
  }
}

/** Events of other modules; every second block has none. */
function noise(height: number): BlockEvent[] {
  if (height % 2 === 0) return [];
  return [{ type: 'mint', attributes: [{ key: 'amount', value: String(height), index: true }] }];
}
