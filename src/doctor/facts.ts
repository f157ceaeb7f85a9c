import type { Epochs } from '../chain/epochs.js';
import type { GpuDriver, ModelSpace, NodeState, NodeVersions, Replica } from '../mlnode/answers.js';
import type { UsableGpus } from '../mlnode/gpus.js';
import type { NodeMetrics } from '../mlnode/metrics.js';
import type { ModelFile } from '../models/model-file.js';
import type { ListedNode } from '../network/admin-client.js';
import type { WeightsStatus } from '../network/ask-weights.js';
import type { Known } from '../network/checks/check.js';
import type { ReadyFinding } from '../poc/ready.js';

/**
 * All facts that can be read without changing anything, as plain data; null: not asked, since nothing was
 * given for it.
 */
export interface DoctorFacts {
  machine: MachineFacts;
  /** The model that the checks are about. */
  model: string | null;
  /** The participant's address; null: none was given. */
  key: Known<string> | null;
  /** Duration of a load with its validation, and its source; null: not known. */
  load: { seconds: number; source: string } | null;
  /** The known facts of that model; null if there are none. */
  known: ModelFile | null;
  /** References of the model, by name, with the hardware of each; the best match first. */
  references: Known<{ name: string; recordedOn: string; why: string }[]> | null;
  mlNodes: MlNodeFacts[];
  admin: { url: string; listed: Known<ListedNode[]> } | null;
  chain: ChainFacts | null;
}

/** The machine on which assay runs. */
export interface MachineFacts {
  nodeVersion: string;
  /** Folder of the runs, and its free space. */
  folder: string;
  freeGb: Known<number>;
  /** Columns of the terminal; null if stdout is not a terminal. */
  columns: number | null;
  /** First line of `inferenced version`; null if it was not looked for. */
  inferenced: Known<string> | null;
}

/** One ML node, as this machine reaches it. */
export interface MlNodeFacts {
  /** Its id, or its URL if it has none. */
  name: string;
  /** Without credentials. */
  url: string;
  /** What to do if this machine does not reach it. */
  reachAdvice: string;
  /** Whether it answers, and how long the answer took. */
  reached: Known<{ healthy: boolean; ms: number }>;
  state: Known<NodeState>;
  versions: Known<NodeVersions | null>;
  driver: Known<GpuDriver | null>;
  gpus: Known<UsableGpus | null>;
  replicas: Known<Replica[]>;
  metrics: Known<NodeMetrics | null>;
  /** State of the model's weights, and of which weights; null if no model was named. */
  weights: Known<WeightsStatus> | null;
  /** Folder of the weights; null if the node does not report it. */
  space: Known<ModelSpace | null>;
  /** Names under which the node may report the model. */
  names: string[];
  /** Arguments that the network node lists for the model; null if it lists none. */
  args: string[] | null;
  /** Models that the network node lists for it. */
  listedModels: string[];
  /** Its clock ahead of (positive) or behind this machine's, in seconds; null if it does not report it. */
  clockSkewS: Known<number | null>;
}

/** Facts from the network node. */
export interface ChainFacts {
  /** Without credentials. */
  url: string;
  epochs: Known<Epochs>;
  blockTimeS: Known<number>;
  isBehind: Known<boolean>;
  /** Time of the newest block, ahead of (positive) or behind this machine's clock, in seconds. */
  clockSkewS: Known<number>;
  /** Whether governance approved the model; null if no model was named. */
  isApproved: Known<boolean> | null;
  /** The participant's duties and funds; null if no address was given. */
  ready: Known<ReadyFinding[]> | null;
}
