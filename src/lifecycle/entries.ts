import type { Choice } from '../chain/choice.js';
import type { Given, HostFile } from './host-file.js';

/** Fields of a host file that must not change during its run. */
export type Identity = Pick<HostFile, 'address' | 'model' | 'choice' | 'ml_nodes' | keyof Given>;

/** Reads those fields of a host file. */
export function identityOf({ address, model, choice, ml_nodes, ...host }: Identity): Identity {
  const { node_config, reference, served_as } = host;
  return {
    ...{ address, model, choice, ml_nodes },
    ...(node_config !== undefined && { node_config }),
    ...(reference !== undefined && { reference }),
    ...(served_as !== undefined && { served_as }),
  };
}

/** The result for one ML node. */
export type NodeOutcome = {
  id: string;
  /** The config that the node has at the end. */
  holds: 'new' | 'old' | 'neither';
  /** Why it is not validated; null when it is. */
  why: string | null;
  /** 0: it serves the new model, and passed; 2: it failed validation. */
  exitCode: number;
};

/** The result for a node that had to go back to its old config. */
export interface Restored {
  id: string;
  /** `untouched`: the run had not changed it, or it already went back. */
  state: 'restored' | 'untouched' | 'left';
  /** Why it was left alone, or does not serve the old model. */
  why: string | null;
}

/** The journal's entry for each step. */
export type StepResults = {
  /** `missed`: the snapshot passed before the choice was stored. */
  store: { choice: Choice; hash: string | null; height: number | null; missed: boolean };
  weights: { nodes: { id: string; action: string }[] };
  /** null: not asked for, because no node is switched. */
  snapshot: { preEligible: boolean | null; event: Record<string, unknown> | null };
  switch: { nodes: NodeOutcome[] };
  /** `why`: why the choice could not be stored. */
  fallback: { choice: Choice; why: string | null };
  restore: { nodes: Restored[] };
  poc: { eligible: boolean };
};

export type StepName = keyof StepResults;

/** How a run ended. */
export type LifecycleEnding = {
  outcome:
    | 'validated'
    | 'stored'
    | 'failed_validation'
    | 'not_switched'
    | 'not_pre_eligible'
    | 'missed'
    | 'aborted';
  reason: string;
  exitCode: number;
};

/** One round: the attempt of one epoch. */
export type RoundHeights = {
  epoch: number;
  snapshotHeight: number;
  pocStartHeight: number;
};

export type LifecycleEntry = { at: string } & (
  | ({ act: 'start' } & Identity)
  | ({ act: 'round' } & RoundHeights)
  | { act: 'begin'; step: StepName }
  | { [S in StepName]: { act: 'end'; step: S; result: StepResults[S] } }[StepName]
  /**
   * A node begins to download weights, or began earlier: what it had, the time so far, and the size of its
   * cache.
   */
  | {
      act: 'download';
      stage: 'begin';
      id: string;
      status: string;
      elapsedS: number;
      cacheGb: number | null;
    }
  /** `isSeen`: this tool was watching when it ended. */
  | { act: 'download'; stage: 'end'; id: string; cacheGb: number | null; isSeen: boolean }
  /** Duration of a load and its validation. */
  | { act: 'load'; id: string; seconds: number }
  | ({ act: 'ended' } & LifecycleEnding)
);

/** A round with its entries so far. */
export type Round = RoundHeights & {
  startedAt: string;
  /** Nodes that an earlier round left with the new config. */
  switchedBefore: string[];
  /** The step that has begun and not ended. */
  underWay: StepName | null;
  results: Partial<StepResults>;
};

/** A run according to its journal. */
export interface RunState {
  startedAt: string | null;
  identity: Identity | null;
  rounds: Round[];
  ending: (LifecycleEnding & { at: string }) | null;
}

/** Builds a run from its journal. */
export function stateOf(entries: readonly LifecycleEntry[]): RunState {
  const state: RunState = { startedAt: null, identity: null, rounds: [], ending: null };
  for (const entry of entries) {
    const round = state.rounds.at(-1);
    if (entry.act === 'start') {
      state.startedAt = entry.at;
      state.identity = identityOf(entry);
    } else if (entry.act === 'round') {
      const { at: startedAt, epoch, snapshotHeight, pocStartHeight } = entry;
      const isNew = ({ holds }: NodeOutcome) => holds === 'new';
      const switchedBefore = lastResults(state.rounds)
        .filter(isNew)
        .map(({ id }) => id);
      state.rounds.push({
        epoch,
        snapshotHeight,
        pocStartHeight,
        startedAt,
        switchedBefore,
        underWay: null,
        results: {},
      });
    } else if (entry.act === 'ended') {
      const { at, outcome, reason, exitCode } = entry;
      state.ending = { at, outcome, reason, exitCode };
    } else if (round !== undefined && entry.act === 'begin') round.underWay = entry.step;
    else if (round !== undefined && entry.act === 'end') {
      round.underWay = null;
      Object.assign(round.results, { [entry.step]: entry.result });
    }
  }
  return state;
}

/** The last result for each node: its last switch, and whether it went back in a later epoch. */
export function lastResults(rounds: readonly Round[]): NodeOutcome[] {
  const results = new Map<string, NodeOutcome>();
  for (const { epoch, results: round } of rounds) {
    for (const node of round.switch?.nodes ?? []) results.set(node.id, node);
    for (const { id, state } of round.restore?.nodes ?? []) {
      const holds = state === 'left' ? 'neither' : 'old';
      results.set(id, { id, holds, why: `not pre-eligible in epoch ${epoch}`, exitCode: 1 });
    }
  }
  return [...results.values()];
}
