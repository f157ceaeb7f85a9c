import type { SimulatedChain } from './chain.js';
import { phaseOf, stagesFrom } from './stages.js';

/** An integer as the node's version writes it: bare, or as text. */
type WireInteger = number | bigint | string;

/** The answer of `/v1/epochs/latest`. */
export function epochsAnswer(chain: SimulatedChain) {
  const wire = integerWriter(chain);
  const writeAll = (values: Record<string, number>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, wire(value)]));
  const stages = stagesFrom(chain.pocStartHeight, chain);
  const epochParams = {
    epoch_length: wire(chain.params.epochLength),
    epoch_multiplier: wire(1),
    epoch_shift: wire(7),
    poc_stage_duration: wire(chain.params.pocStageDuration),
  };
  return {
    block_height: wire(chain.height),
    latest_epoch: {
      index: wire(chain.epochIndex),
      poc_start_block_height: wire(chain.pocStartHeight),
    },
    phase: phaseOf(chain),
    epoch_stages: writeAll(stages),
    next_epoch_stages: writeAll(stagesFrom(stages.next_poc_start, chain)),
    epoch_params: chain.newShape ? { epoch_params: epochParams } : epochParams,
    is_confirmation_poc_active: chain.confirmationPocActive,
  };
}

/** The answer of `/v1/epochs/current/participants`; `current` changes later than `latest_epoch`. */
export function participantsAnswer(chain: SimulatedChain) {
  const wire = integerWriter(chain);
  const measured = chain.height < stagesFrom(chain.pocStartHeight, chain).set_new_validators;
  return {
    active_participants: {
      participants: chain.hosts.map(({ name, address, weight, models, seed }) => ({
        index: address,
        ...(chain.newShape || weight !== 0n ? { weight: wire(weight) } : {}),
        inference_url: `http://${name}.example:8000`,
        models,
        ...(seed && { seed: { participant: address, signature: 'c2VlZA==' } }),
      })),
      epoch_id: wire(measured ? chain.epochIndex - 1 : chain.epochIndex),
      poc_start_block_height: wire(
        measured ? chain.pocStartHeight - chain.params.epochLength : chain.pocStartHeight,
      ),
    },
    excluded_participants: chain.hosts
      .filter(({ excluded }) => excluded)
      .map(({ address }) => ({ address, reason: 'failed_confirmation_poc' })),
  };
}

function integerWriter({ newShape }: SimulatedChain): (value: number | bigint) => WireInteger {
  return newShape ? String : (value) => value;
}
