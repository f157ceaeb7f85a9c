import type { SimulatedChain } from './chain.js';

const WIND_DOWN = 2;

/** Block heights of an epoch, from the height at which its PoC starts. */
export function stagesFrom(pocStart: number, { params }: SimulatedChain) {
  const generationWindDown = pocStart + params.pocStageDuration;
  const generationEnd = generationWindDown + WIND_DOWN;
  const validationStart = generationEnd + 1;
  const validationWindDown = validationStart + params.pocStageDuration;
  const validationEnd = validationWindDown + WIND_DOWN;
  return {
    poc_start: pocStart,
    poc_generation_wind_down: generationWindDown,
    poc_generation_end: generationEnd,
    poc_validation_start: validationStart,
    poc_validation_wind_down: validationWindDown,
    poc_validation_end: validationEnd,
    set_new_validators: validationEnd + 1,
    claim_money: validationEnd + 2,
    inference_validation_cutoff: pocStart + params.epochLength - 1,
    next_poc_start: pocStart + params.epochLength,
  };
}

/** The phase at the current height. */
export function phaseOf(chain: SimulatedChain): string {
  if (chain.phaseOverride !== null) return chain.phaseOverride;
  const stages = stagesFrom(chain.pocStartHeight, chain);
  if (chain.height < stages.poc_generation_wind_down) return 'PoCGenerate';
  if (chain.height < stages.poc_validation_start) return 'PoCGenerateWindDown';
  if (chain.height < stages.poc_validation_wind_down) return 'PoCValidate';
  if (chain.height < stages.set_new_validators) return 'PoCValidateWindDown';
  return 'Inference';
}
