import { createHash } from 'node:crypto';
import { bech32 } from '@scure/base';
import { createPoc, type PocScript, pocHost, type SimulatedPoc } from './poc/stage.js';

/** A host of the simulated network. */
export interface SimulatedHost {
  /** Its key's name in the stand-in `inferenced`. */
  name: string;
  address: string;
  weight: bigint;
  models: string[];
  /** Whether a seed confirms its weight; a host without a seed is not a live member. */
  seed: boolean;
  excluded: boolean;
  /** Whether it will commit PoC for the model in bootstrap. */
  commits: boolean;
}

/** The choice that the chain stores for an address and a model: one of three. */
export type StoredChoice =
  | { kind: 'intent' }
  | { kind: 'refusal' }
  | { kind: 'delegation'; delegateTo: string };

export interface SimulatedDecimal {
  value: string;
  exponent: number;
}

export interface SimulatedModel {
  modelId: string;
  seqLen: number;
  statTest: {
    dist_threshold: SimulatedDecimal;
    p_mismatch: SimulatedDecimal;
    p_value_threshold: SimulatedDecimal;
  };
  weightScaleFactor: SimulatedDecimal | null;
  /** Factor for weights; the chain's version decides which answer publishes it. */
  coefficient: SimulatedDecimal;
  penaltyStartEpoch: number;
  /** The model is in regular PoC, so it has no bootstrap any more. */
  active: boolean;
  modelArgs: string[];
}

export interface SimulatedParams {
  epochLength: number;
  pocStageDuration: number;
  deployWindow: number;
  vMin: number;
  wThreshold: SimulatedDecimal;
  refusalPenalty: SimulatedDecimal;
  noParticipationPenalty: SimulatedDecimal;
  delegationShare: SimulatedDecimal;
}

export interface BlockEvent {
  type: string;
  attributes: { key: string; value: string; index: boolean }[];
}

export interface Block {
  height: number;
  time: Date;
  events: BlockEvent[];
}

export interface IncludedTx {
  height: number;
  code: number;
  codespace: string;
  log: string;
}

/** Everything that the simulated chain and its node know. A script may change any of it at any time. */
export interface SimulatedChain {
  /** For example `v0.2.16`; empty: the node does not give its version. */
  version: string;
  height: number;
  blockTimeMs: number;
  /** The chain makes no blocks while this is true. */
  paused: boolean;
  epochIndex: number;
  pocStartHeight: number;
  params: SimulatedParams;
  models: SimulatedModel[];
  hosts: SimulatedHost[];
  guardians: string[];
  poc: SimulatedPoc;
  /** By model, then by address. */
  choices: Map<string, Map<string, StoredChoice>>;
  blocks: Map<number, Block>;
  mempool: { hash: string; tx: SimulatedTx }[];
  txs: Map<string, IncludedTx>;
  /** Next sequence number that the mempool expects, by account. */
  sequences: Map<string, number>;
  /** Warm keys, each with the host that has granted it the right to send intents. */
  grants: Map<string, string>;
  /** Sequence numbers after the last block, by account: clients read these. */
  blockSequences: Map<string, number>;
  /** The node reports this phase instead of the one that follows from the height; null: the true one. */
  phaseOverride: string | null;
  confirmationPocActive: boolean;
  catchingUp: boolean;
  indexesBlocks: boolean;
  /** The answers of newer nodes: integers as text, `epoch_params` nested one level deeper. */
  newShape: boolean;
  /** In ngonka per unit of gas; 0: transactions need no fee. */
  minGasPrice: number;
  /** How many more transactions are refused for a wrong sequence number. */
  sequenceMismatches: number;
  /** Blocks are made, but transactions stay in the mempool. */
  holdsTransactions: boolean;
}

export const KIMI = 'moonshotai/Kimi-K2.6';
const QWEN = 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8';

/** What a script may set at the start; the default of everything else suits a demonstration. */
export interface ChainScript {
  version?: string;
  blockTimeMs?: number;
  paused?: boolean;
  height?: number;
  epochIndex?: number;
  nextPocStart?: number;
  params?: Partial<SimulatedParams>;
  models?: Partial<SimulatedModel>[];
  hosts?: (Partial<Omit<SimulatedHost, 'weight'>> & { weight?: bigint | number | string })[];
  /** Choices for the model in bootstrap, by host name; a delegation also names a host. */
  choices?: Record<string, 'intent' | 'refusal' | { delegateTo: string }>;
  guardians?: string[];
  newShape?: boolean;
  poc?: PocScript;
}

const decimal = (value: string, exponent: number): SimulatedDecimal => ({ value, exponent });

/** A chain a little before the snapshot of the Kimi K2.6 bootstrap, or as the script sets it. */
export function createChain(script: ChainScript = {}): SimulatedChain {
  const params: SimulatedParams = {
    epochLength: 300,
    pocStageDuration: 10,
    deployWindow: 60,
    vMin: 3,
    wThreshold: decimal('3', -1),
    refusalPenalty: decimal('10', -2),
    noParticipationPenalty: decimal('15', -2),
    delegationShare: decimal('5', -2),
    ...script.params,
  };
  const nextPocStart = script.nextPocStart ?? 3_874_496;
  const hosts = (script.hosts ?? defaultHosts()).map(makeHost);
  const models = (script.models ?? [{ modelId: QWEN, active: true, seqLen: 1024 }, { modelId: KIMI }]).map(
    makeModel,
  );
  const chain: SimulatedChain = {
    version: script.version ?? 'v0.2.16',
    height: script.height ?? nextPocStart - params.deployWindow - 100,
    blockTimeMs: script.blockTimeMs ?? 100,
    paused: script.paused ?? false,
    epochIndex: script.epochIndex ?? 250,
    pocStartHeight: nextPocStart - params.epochLength,
    params,
    models,
    hosts,
    guardians: script.guardians ?? [],
    poc: createPoc(script.poc),
    choices: new Map(),
    blocks: new Map(),
    mempool: [],
    txs: new Map(),
    sequences: new Map(),
    grants: new Map(),
    blockSequences: new Map(),
    phaseOverride: null,
    confirmationPocActive: false,
    catchingUp: false,
    indexesBlocks: true,
    newShape: script.newShape ?? false,
    minGasPrice: 0,
    sequenceMismatches: 0,
    holdsTransactions: false,
  };
  const bootstrapped = models.find(({ active }) => !active)?.modelId ?? KIMI;
  const byName = new Map(hosts.map((host) => [host.name, host.address]));
  const choices = script.choices ?? (script.hosts === undefined ? DEFAULT_CHOICES : {});
  for (const [name, choice] of Object.entries(choices)) {
    const address = byName.get(name) ?? name;
    choicesOf(chain, bootstrapped).set(
      address,
      typeof choice === 'string'
        ? { kind: choice }
        : { kind: 'delegation', delegateTo: byName.get(choice.delegateTo) ?? choice.delegateTo },
    );
  }
  const guarding = hosts.filter((host) => pocHost(chain, host).guardian);
  chain.guardians.push(...guarding.map(({ address }) => operatorOf(address)));
  return chain;
}

/** The stored choices for a model, by address. */
export function choicesOf(chain: SimulatedChain, modelId: string): Map<string, StoredChoice> {
  const known = chain.choices.get(modelId);
  if (known !== undefined) return known;
  const made = new Map<string, StoredChoice>();
  chain.choices.set(modelId, made);
  return made;
}

/** An address that follows from a name: the same name always gives the same address. */
export function addressOf(name: string, prefix = 'gonka'): string {
  const bytes = createHash('sha256').update(name).digest().subarray(0, 20);
  return bech32.encode(prefix, bech32.toWords(bytes));
}

/** The operator address of an account. */
function operatorOf(address: string): string {
  const { words } = bech32.decode(address as `gonka1${string}`);
  return bech32.encode('gonkavaloper', words);
}

const DEFAULT_CHOICES: NonNullable<ChainScript['choices']> = {
  host2: 'intent',
  host3: 'intent',
  host4: { delegateTo: 'host2' },
  host5: { delegateTo: 'host3' },
};

/** Eight hosts: the model is pre-eligible with host1's intent, and not pre-eligible without it. */
function defaultHosts(): NonNullable<ChainScript['hosts']> {
  const weights = [2400, 2000, 1600, 1200, 800, 600, 400, 0];
  return weights.map((weight, index) => ({ weight, commits: index < 3 }));
}

function makeHost(host: NonNullable<ChainScript['hosts']>[number], index: number): SimulatedHost {
  const name = host.name ?? `host${index + 1}`;
  return {
    name,
    address: host.address ?? addressOf(name),
    models: host.models ?? [QWEN],
    seed: host.seed ?? true,
    excluded: host.excluded ?? false,
    commits: host.commits ?? false,
    weight: BigInt(host.weight ?? 1000),
  };
}

function makeModel(model: Partial<SimulatedModel>): SimulatedModel {
  return {
    modelId: KIMI,
    seqLen: 1024,
    statTest: {
      dist_threshold: decimal('4', -1),
      p_mismatch: decimal('1', -1),
      p_value_threshold: decimal('5', -2),
    },
    weightScaleFactor: null,
    coefficient: decimal('1', 0),
    penaltyStartEpoch: 0,
    active: false,
    modelArgs: [],
    ...model,
  };
}

/** What the stand-in `inferenced` signs. */
export interface SimulatedTx {
  /** The key that executes what `from` has granted to it; absent: `from` signs. */
  grantee?: string;
  type: 'declare-poc-intent' | 'set-poc-delegation' | 'refuse-poc-delegation';
  from: string;
  modelId: string;
  /** Host of a delegation; empty: clears it. */
  delegateTo?: string;
  gasPrice: number;
  /** In ngonka; given instead of a gas price. */
  fee?: number;
  gas: number;
  sequence: number;
}
