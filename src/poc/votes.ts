import { keyOf, type Stage } from '../chain/stage/stage.js';
import type { ModelOutcome, StageOutcome } from './outcome.js';

/** One validator's votes for a model. */
export interface ValidatorVotes {
  address: string;
  /** Null: the snapshot is deleted. */
  votingPower: bigint | null;
  valid: number;
  invalid: number;
  /** Votes against the result; null where the result is not known. */
  disagreements: number | null;
  /**
   * By participant: above zero is valid, zero or less is invalid. A validator that voted both ways has both
   * values.
   */
  votes: Map<string, bigint[]>;
}

/** Who voted how on whom, for one model of a stage. */
export interface VoteMatrix {
  modelId: string;
  participants: { address: string; accepted: boolean | null }[];
  /** Validators with the most votes against the results come first. */
  validators: ValidatorVotes[];
}

/** Turns a judged stage into matrices of votes, one for each model. */
export function voteMatrices({ stage, models }: StageOutcome): VoteMatrix[] {
  return models.map((model) => matrixOf(stage, model));
}

function matrixOf(stage: Stage, { modelId, participants }: ModelOutcome): VoteMatrix {
  const powers = stage.snapshot?.votingPowers.get(modelId);
  const rows = new Map<string, ValidatorVotes>();
  for (const { address, acceptance } of participants) {
    const accepted = acceptance?.accepted ?? null;
    for (const [validator, votes] of stage.votes.get(keyOf(modelId, address)) ?? []) {
      const row =
        rows.get(validator) ?? emptyRow(validator, stage.snapshot && (powers?.get(validator) ?? 0n));
      rows.set(validator, row);
      row.votes.set(address, votes);
      const isValid = votes.every((vote) => vote > 0n);
      if (isValid) row.valid += 1;
      else row.invalid += 1;
      if (accepted !== null) row.disagreements = (row.disagreements ?? 0) + (isValid === accepted ? 0 : 1);
    }
  }
  const rank = ({ disagreements, invalid }: ValidatorVotes) => [disagreements ?? -1, invalid] as const;
  return {
    modelId,
    participants: participants.map(({ address, acceptance }) => ({
      address,
      accepted: acceptance?.accepted ?? null,
    })),
    validators: [...rows.values()].sort((a, b) => {
      const [first, second] = [rank(a), rank(b)];
      return second[0] - first[0] || second[1] - first[1] || (a.address < b.address ? -1 : 1);
    }),
  };
}

function emptyRow(address: string, votingPower: bigint | null): ValidatorVotes {
  return { address, votingPower, valid: 0, invalid: 0, disagreements: null, votes: new Map() };
}

/** One vote as a letter: + valid, − invalid, ! both, · none. */
export function voteMark(votes: readonly bigint[] | undefined): '+' | '−' | '!' | '·' {
  if (votes === undefined || votes.length === 0) return '·';
  const valid = votes.filter((vote) => vote > 0n).length;
  return valid === votes.length ? '+' : valid === 0 ? '−' : '!';
}

/** A matrix in the form for programs. */
export function matrixJson({ modelId, participants, validators }: VoteMatrix) {
  return {
    model_id: modelId,
    participants,
    validators: validators.map(({ address, votingPower, valid, invalid, disagreements, votes }) => ({
      address,
      voting_power: votingPower === null ? null : String(votingPower),
      valid,
      invalid,
      disagreements,
      votes: Object.fromEntries(
        [...votes].map(([participant, list]) => [
          participant,
          new Set(list).size === 1 ? String(list[0]) : list.map(String),
        ]),
      ),
    })),
  };
}
