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
  /** Whether its weight is confirmed by a seed; without one it is no live member. */
  seed: boolean;
  excluded: boolean;
  /** Whether it will commit PoC for the model that is bootstrapped. */
  commits: boolean;
}

/** What the chain keeps for an address and a model: one of three. */
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
  /** What weights are multiplied by; where it is told hangs on the chain's version. */
  coefficient: SimulatedDecimal;
  penaltyStartEpoch: number;
  /** In regular PoC: no bootstrap for it any more. */
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
  /** `v0.2.16` and the like; empty where the node does not tell. */
  version: string;
  height: number;
  blockTimeMs: number;
  /** No blocks are made until it is false again. */
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
  /** By account: the number that the mempool wants next, */
  sequences: Map<string, number>;
  /** Warm keys, each with the host that has granted it its intents. */
  grants: Map<string, string>;
  /** and that of the last block, which is what a client is told. */
  blockSequences: Map<string, number>;
  /** Says a phase that the height does not give; null for the true one. */
  phaseOverride: string | null;
  confirmationPocActive: boolean;
  catchingUp: boolean;
  indexesBlocks: boolean;
  /** The newer answers: integers as text, `epoch_params` nested once more. */
  newShape: boolean;
  /** In ngonka for a gas unit; 0 takes transactions without a fee. */
  minGasPrice: number;
  /** Transactions still to be refused for a wrong sequence number. */
  sequenceMismatches: number;
  /** Blocks arrive, but transactions stay in the mempool. */
  holdsTransactions: boolean;
}

export const KIMI = 'moonshotai/Kimi-K2.6';
const QWEN = 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8';

/** What a script may set from the start; everything else has a value that a demonstration wants. */
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
  /** Choices for the model that is bootstrapped, by the host's name; a delegation names a host, too. */
  choices?: Record<string, 'intent' | 'refusal' | { delegateTo: string }>;
  guardians?: string[];
  newShape?: boolean;
  poc?: PocScript;
}

const decimal = (value: string, exponent: number): SimulatedDecimal => ({ value, exponent });

/** A chain a little before the snapshot of the Kimi K2.6 bootstrap, or as the script has it. */
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

/** The choices that are stored for a model, by address. */
export function choicesOf(chain: SimulatedChain, modelId: string): Map<string, StoredChoice> {
  const known = chain.choices.get(modelId);
  if (known !== undefined) return known;
  const made = new Map<string, StoredChoice>();
  chain.choices.set(modelId, made);
  return made;
}

/** An address that is always the same for a name. */
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

/** Eight hosts; with host1's intent the model is pre-eligible, without it not. */
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
  /** The key that executes what `from` has granted it; absent: `from` signs. */
  grantee?: string;
  type: 'declare-poc-intent' | 'set-poc-delegation' | 'refuse-poc-delegation';
  from: string;
  modelId: string;
  /** Of a delegation; empty to clear. */
  delegateTo?: string;
  gasPrice: number;
  /** In ngonka, where a fee is given instead of a price. */
  fee?: number;
  gas: number;
  sequence: number;
}
