import validateEpochs from '../schemas/generated/chain-epochs.js';
import { toNumber, type WireInteger } from './integer.js';
import { type ReadOptions, readNode } from './read.js';

/** Block heights of one epoch. */
export interface EpochStages {
  pocStart: number;
  pocGenerationEnd: number;
  pocValidationStart: number;
  pocValidationEnd: number;
  setNewValidators: number;
  nextPocStart: number;
}

/** The epoch and the phase that the chain is in. `epoch` goes up at PoC start. */
export interface Epochs {
  blockHeight: number;
  epoch: { index: number; pocStartHeight: number };
  /** `Inference` while no node's weight is measured; PoCGenerate, PoCValidate, … otherwise. */
  phase: string;
  stages: EpochStages;
  /** Blocks from one PoC start to the next. */
  epochLength: number;
  isConfirmationPocActive: boolean;
  /**
   * Height under which a running confirmation PoC keeps its answers; absent: none runs, or the node does not
   * say.
   */
  confirmationTriggerHeight?: number;
}

interface WireEpochs {
  block_height: WireInteger;
  latest_epoch: { index?: WireInteger; poc_start_block_height?: WireInteger };
  phase: string;
  epoch_stages: Partial<Record<string, WireInteger>>;
  epoch_params?: WireEpochParams & { epoch_params?: WireEpochParams | null };
  is_confirmation_poc_active?: boolean | null;
  active_confirmation_poc_event?: { trigger_height?: WireInteger | null } | null;
}

interface WireEpochParams {
  epoch_length?: WireInteger;
}

/** Reads `/v1/epochs/latest`, in the older and in the newer shape. */
export async function readEpochs(nodeUrl: string, options?: ReadOptions): Promise<Epochs> {
  const wire = await readNode<WireEpochs>(nodeUrl, '/v1/epochs/latest', validateEpochs, options);
  const stage = (key: string) => toNumber(wire.epoch_stages[key]);
  const stages = {
    pocStart: stage('poc_start'),
    pocGenerationEnd: stage('poc_generation_end'),
    pocValidationStart: stage('poc_validation_start'),
    pocValidationEnd: stage('poc_validation_end'),
    setNewValidators: stage('set_new_validators'),
    nextPocStart: stage('next_poc_start'),
  };
  const trigger = toNumber(wire.active_confirmation_poc_event?.trigger_height);
  const epochParams = wire.epoch_params?.epoch_params ?? wire.epoch_params;
  return {
    blockHeight: toNumber(wire.block_height),
    epoch: {
      index: toNumber(wire.latest_epoch.index),
      pocStartHeight: toNumber(wire.latest_epoch.poc_start_block_height),
    },
    phase: wire.phase,
    stages,
    epochLength: toNumber(epochParams?.epoch_length) || stages.nextPocStart - stages.pocStart,
    isConfirmationPocActive: wire.is_confirmation_poc_active ?? false,
    ...(trigger > 0 && { confirmationTriggerHeight: trigger }),
  };
}
