import { type Choice, choiceText, sameChoice } from '../chain/choice.js';
import type { Epochs } from '../chain/epochs.js';
import type { BootstrapHeights } from '../chain/rules/heights.js';
import { forgottenAtHeight, mustBeSentAgain } from '../chain/rules/stored-choice.js';

/** One step of a bootstrap, with its first and last height. */
export interface PlanStep {
  what: string;
  /** null: now. */
  fromHeight: number | null;
  /** The last height for it; null: no limit. */
  byHeight: number | null;
  /** The command for it; null where there is nothing to run. */
  command: string[] | null;
}

export interface PlanInputs {
  model: string;
  nodeUrl: string;
  key: string | undefined;
  address: string;
  wanted: Choice;
  stored: Choice;
  nodeIds: string[];
  epochs: Epochs;
  heights: BootstrapHeights;
  msPerBlock: number;
  loadTimeMs: number;
}

/** Number of blocks before PoC start by which the loads must begin. */
export function loadBlocks({
  loadTimeMs,
  msPerBlock,
}: Pick<PlanInputs, 'loadTimeMs' | 'msPerBlock'>): number {
  return msPerBlock > 0 ? Math.ceil(loadTimeMs / msPerBlock) : 0;
}

/** The steps from now to PoC start, in order. */
export function planSteps(inputs: PlanInputs): PlanStep[] {
  const { wanted, heights } = inputs;
  const store = storeStep(inputs);
  if (heights.snapshotHeight === null || wanted.kind !== 'intent') return [store];
  return [store, ...deploySteps(inputs, heights.snapshotHeight)];
}

function storeStep({ model, nodeUrl, key, address, wanted, stored, epochs, heights }: PlanInputs): PlanStep {
  const snapshot = heights.snapshotHeight;
  const isForgotten = mustBeSentAgain(wanted, snapshot, epochs);
  if (sameChoice(stored, wanted) && !isForgotten)
    return {
      what: `${choiceText(wanted)} is stored already`,
      fromHeight: null,
      byHeight: null,
      command: null,
    };
  const forgotten = forgottenAtHeight(wanted, epochs);
  return {
    what: `store ${choiceText(wanted)} on the chain`,
    fromHeight: isForgotten && forgotten !== null ? forgotten + 1 : null,
    // One block must still follow, since the transaction has to be in it.
    byHeight: snapshot === null ? null : snapshot - 1,
    command: storeCommand(wanted, { model, key, address, nodeUrl }),
  };
}

/** The command that stores a choice on the chain, as words. */
export function storeCommand(
  wanted: PlanInputs['wanted'],
  { model, key, address, nodeUrl }: Pick<PlanInputs, 'model' | 'key' | 'address' | 'nodeUrl'>,
): string[] {
  const verb = { intent: 'intent', refusal: 'refuse', delegation: 'delegate', none: 'clear' }[wanted.kind];
  const target = wanted.kind === 'delegation' ? [wanted.delegateTo] : [];
  const signer = ['--from', key ?? address, '--address', address, '--node', nodeUrl];
  return ['assay', 'tx', verb, model, ...target, ...signer];
}

function deploySteps(inputs: PlanInputs, snapshot: number): PlanStep[] {
  const { model, nodeUrl, nodeIds, heights } = inputs;
  const lastLoad = heights.pocStartHeight - loadBlocks(inputs);
  return [
    { what: 'have the weights on every node', fromHeight: null, byHeight: snapshot, command: null },
    {
      what: 'the snapshot judges the model; if it says no (exit 3), stay on the current model',
      fromHeight: snapshot,
      byHeight: snapshot + 1,
      command: ['assay', 'bootstrap', 'wait', '--model', model, '--until', 'pre-eligible', '--node', nodeUrl],
    },
    ...nodeIds.map((id) => ({
      what: `switch ${id}, validate it, and go back if it fails`,
      fromHeight: snapshot + 1,
      byHeight: lastLoad,
      command: ['assay', 'node', 'switch', id, '--to', `${id}.json`, '--node', nodeUrl],
    })),
    { what: 'PoC starts', fromHeight: heights.pocStartHeight, byHeight: null, command: null },
  ];
}
