/** Money, grants and duties of a simulated host; a script may set them. */
export interface PocAccounts {
  /** Spendable ngonka of every account. */
  spendable: string;
  /** The most that the cold account lets each of these warm keys spend; null: no limit. */
  allowances: Record<string, string | null>;
  /** Message types that the cold account grants, by warm key. */
  grants: Record<string, string[]>;
  /** Names of hosts with an open challenge. */
  challenged: string[];
  /** Whether maintenance windows are enabled; the text below says why none can be reserved. */
  maintenance: boolean;
  maintenanceRefusal: string;
  /** Versions that the network node and its ML nodes report; null: it does not have the call. */
  versions: Record<string, unknown> | null;
}

/** How a simulated validator votes. */
export type VoteScript =
  /** Votes on each commit: valid, unless the committing host cheats. */
  | 'honest'
  /** Votes invalid on everybody, like a validator that cannot fetch vectors. */
  | 'against_all'
  /** Votes valid on its own GPU class, invalid on every other. */
  | 'own_class'
  /** Votes valid on everybody. */
  | 'for_all'
  | 'silent';

/** How a host behaves in a PoC. */
export interface PocHost {
  /** Nonces per block and node, for each of its models. */
  rate: number;
  nodes: number;
  /** Whether it sends how its nodes share the commit. */
  distribution: boolean;
  /** Whether it commits. */
  commits: boolean;
  /** Its commit is not honest: honest validators vote against it. */
  cheats: boolean;
  /** Blocks of the generation before its first nonce. */
  lateBlocks: number;
  gpu: string;
  votes: VoteScript;
  guardian: boolean;
}

/** What a script may set of the PoC. */
export interface PocScript extends Partial<PocAccounts> {
  validationSlots?: number;
  thresholdBps?: number;
  normalised?: boolean;
  exchangeDuration?: number;
  /** By host name. */
  hosts?: Record<string, Partial<PocHost>>;
  /** Each vote is stored twice, which no real chain should do. */
  doublesVotes?: boolean;
  /** Factor for voting powers, as when hosts have left. */
  networkWeightFactor?: number;
  /** First block whose state is kept; the state of earlier blocks is deleted. */
  keepsStateFrom?: number;
}

export interface SimulatedCommit {
  address: string;
  modelId: string;
  count: bigint;
  rootHash: string;
}

export interface SimulatedVote {
  participant: string;
  validator: string;
  modelId: string;
  weight: bigint;
}

/** One stage as the chain stores it. */
export interface SimulatedStage {
  height: number;
  epoch: number;
  commits: Map<string, SimulatedCommit>;
  distributions: { address: string; modelId: string; weights: { nodeId: string; weight: bigint }[] }[];
  votes: SimulatedVote[];
  snapshot: SimulatedSnapshot | null;
  /** Raw weights of the group that the stage formed, by model, then by address; null before it is formed. */
  groups: Map<string, Map<string, { raw: bigint; nodes: { nodeId: string; weight: bigint }[] }>> | null;
}

export interface SimulatedSnapshot {
  height: number;
  appHash: string;
  generationStart: bigint;
  exchangeEnd: bigint;
  totalNetworkWeight: bigint;
  votingPowers: Map<string, Map<string, bigint>>;
}

/** The PoC of a simulated chain: its settings and all stages so far. */
export interface SimulatedPoc extends PocAccounts {
  validationSlots: number;
  thresholdBps: number;
  normalised: boolean;
  exchangeDuration: number;
  doublesVotes: boolean;
  networkWeightFactor: number;
  keepsStateFrom: number;
  hosts: Record<string, Partial<PocHost>>;
  stages: Map<number, SimulatedStage>;
}

/** The warm key of every host, unless a script sets one. */
const WARM_KEY = 'gonka1warm';

const HOST: PocHost = {
  rate: 100,
  nodes: 2,
  distribution: true,
  commits: true,
  cheats: false,
  lateBlocks: 0,
  gpu: 'H100',
  votes: 'honest',
  guardian: false,
};

/** The PoC at the start of a script, without any stage. */
export function createPoc(script: PocScript = {}): SimulatedPoc {
  return {
    validationSlots: script.validationSlots ?? 16,
    thresholdBps: script.thresholdBps ?? 0,
    normalised: script.normalised ?? true,
    exchangeDuration: script.exchangeDuration ?? 2,
    doublesVotes: script.doublesVotes ?? false,
    networkWeightFactor: script.networkWeightFactor ?? 1,
    keepsStateFrom: script.keepsStateFrom ?? 0,
    hosts: script.hosts ?? {},
    spendable: script.spendable ?? '500000000000',
    allowances: script.allowances ?? { [WARM_KEY]: null },
    grants: script.grants ?? { [WARM_KEY]: ['/inference.inference.MsgPoCV2StoreCommit'] },
    challenged: script.challenged ?? [],
    maintenance: script.maintenance ?? false,
    maintenanceRefusal: script.maintenanceRefusal ?? '',
    versions: script.versions ?? null,
    stages: new Map(),
  };
}

/** The behaviour of a host in a PoC, with the script's settings. */
export function pocHost({ poc }: { poc: SimulatedPoc }, host: { name: string }): PocHost {
  return { ...HOST, ...poc.hosts[host.name] };
}
