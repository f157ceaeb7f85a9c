import validateParticipants from '../schemas/generated/chain-participants.js';
import { toBigInt, toNumber, type WireInteger } from './integer.js';
import { type ReadOptions, readNode } from './read.js';

/** A host of the running epoch. */
export interface Participant {
  address: string;
  weight: bigint;
  models: string[];
  inferenceUrl: string | null;
  hasSeed: boolean;
  /** Excluded from the epoch after it began. */
  excluded: boolean;
}

export interface Participants {
  epochId: number;
  participants: Participant[];
}

interface WireParticipants {
  active_participants: {
    participants?:
      | {
          index: string;
          weight?: WireInteger | null;
          inference_url?: string | null;
          models?: string[] | null;
          seed?: unknown;
        }[]
      | null;
    epoch_id?: WireInteger | null;
  };
  excluded_participants?: { address: string }[] | null;
}

/** Reads `/v1/epochs/current/participants`. */
export async function readParticipants(nodeUrl: string, options?: ReadOptions): Promise<Participants> {
  const wire = await readNode<WireParticipants>(
    nodeUrl,
    '/v1/epochs/current/participants',
    validateParticipants,
    options,
  );
  const excluded = new Set((wire.excluded_participants ?? []).map(({ address }) => address));
  return {
    epochId: toNumber(wire.active_participants.epoch_id),
    participants: (wire.active_participants.participants ?? []).map((participant) => ({
      address: participant.index,
      weight: toBigInt(participant.weight),
      models: participant.models ?? [],
      inferenceUrl: participant.inference_url ?? null,
      hasSeed: participant.seed !== undefined && participant.seed !== null,
      excluded: excluded.has(participant.index),
    })),
  };
}
