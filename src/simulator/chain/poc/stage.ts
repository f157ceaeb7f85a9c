/** Money, grants and duties of a simulated host, as a script may set them. */
export interface PocAccounts {
  /** Spendable ngonka of every account. */
  spendable: string;
  /** What the cold account lets each of these warm keys spend; null: without a limit. */
  allowances: Record<string, string | null>;
  /** Message types that the cold account grants, by warm key. */
  grants: Record<string, string[]>;
  /** Names of hosts that are challenged. */
  challenged: string[];
  /** Windows are enabled; text: why none can be had. */
  maintenance: boolean;
  maintenanceRefusal: string;
  /** Versions that the network node and its ML nodes tell; null: it does not know the call. */
  versions: Record<string, unknown> | null;
}

/** How a simulated validator votes. */
export type VoteScript =
  /** On what is committed: valid, unless the committing host cheats. */
  | 'honest'
  /** Against everybody, as one that cannot fetch. */
  | 'against_all'
  /** Valid for its own GPU class, invalid for every other. */
  | 'own_class'
  /** Valid for everybody. */
  | 'for_all'
  | 'silent';

/** How a host behaves in a PoC. */
export interface PocHost {
  /** Nonces a block and node, for each of its models. */
  rate: number;
  nodes: number;
  /** Sends how its nodes share the commit. */
  distribution: boolean;
  /** Commits at all. */
  commits: boolean;
  /** What it commits is not honest: honest validators vote against it. */
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
  /** Each vote is stored twice, as no chain should do. */
  doublesVotes?: boolean;
  /** Voting powers are taken times this, as of hosts that left. */
  networkWeightFactor?: number;
  /** State of blocks before this one is gone. */
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

/** One stage as the chain keeps it. */
export interface SimulatedStage {
  height: number;
  epoch: number;
  commits: Map<string, SimulatedCommit>;
  distributions: { address: string; modelId: string; weights: { nodeId: string; weight: bigint }[] }[];
  votes: SimulatedVote[];
  snapshot: SimulatedSnapshot | null;
  /** By model, then by address: raw weights of the group that the stage formed; null before that. */
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

/** The PoC of a simulated chain: its settings, and every stage so far. */
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

/** The warm key of every host, where a script says nothing. */
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

/** The PoC as a script begins it, without a stage. */
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

/** How a host behaves in a PoC, as the script has it. */
export function pocHost({ poc }: { poc: SimulatedPoc }, host: { name: string }): PocHost {
  return { ...HOST, ...poc.hosts[host.name] };
}
