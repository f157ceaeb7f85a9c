import type { Epochs } from '../chain/epochs.js';
import type { GpuDriver, ModelSpace, NodeState, NodeVersions, Replica } from '../mlnode/answers.js';
import type { UsableGpus } from '../mlnode/gpus.js';
import type { NodeMetrics } from '../mlnode/metrics.js';
import type { ModelFile } from '../models/model-file.js';
import type { ListedNode } from '../network/admin-client.js';
import type { WeightsStatus } from '../network/ask-weights.js';
import type { Known } from '../network/checks/check.js';
import type { ReadyFinding } from '../poc/ready.js';

/** All that can be known without changing anything, as plain data; null: not asked, since nothing was given for it. */
export interface DoctorFacts {
  machine: MachineFacts;
  /** The model that the checks are about. */
  model: string | null;
  /** The participant's address; null: none was given. */
  key: Known<string> | null;
  /** How long a load with its validation takes, and who says so; null: nobody. */
  load: { seconds: number; source: string } | null;
  /** What is known of that model; null where nothing is. */
  known: ModelFile | null;
  /** References of the model, by name, each with what it was recorded on; the one that fits first. */
  references: Known<{ name: string; recordedOn: string; why: string }[]> | null;
  mlNodes: MlNodeFacts[];
  admin: { url: string; listed: Known<ListedNode[]> } | null;
  chain: ChainFacts | null;
}

/** The machine that assay runs on. */
export interface MachineFacts {
  nodeVersion: string;
  /** Where runs are written, and how much is free there. */
  folder: string;
  freeGb: Known<number>;
  /** Columns of the terminal; null where stdout is none. */
  columns: number | null;
  /** First line of `inferenced version`; null where it was not looked for. */
  inferenced: Known<string> | null;
}

/** One ML node, as this machine reaches it. */
export interface MlNodeFacts {
  /** Its id, or its URL where it has none. */
  name: string;
  /** Without credentials. */
  url: string;
  /** What to do where this machine does not reach it. */
  reachAdvice: string;
  /** Answers at all, and how long the answer took. */
  reached: Known<{ healthy: boolean; ms: number }>;
  state: Known<NodeState>;
  versions: Known<NodeVersions | null>;
  driver: Known<GpuDriver | null>;
  gpus: Known<UsableGpus | null>;
  replicas: Known<Replica[]>;
  metrics: Known<NodeMetrics | null>;
  /** State of the model's weights, and of which; null where no model was named. */
  weights: Known<WeightsStatus> | null;
  /** Where weights are kept; null where the node cannot tell. */
  space: Known<ModelSpace | null>;
  /** Names that the node may say of the model. */
  names: string[];
  /** Arguments that the network node lists for the model; null where it lists none. */
  args: string[] | null;
  /** Models that the network node lists for it. */
  listedModels: string[];
  /** Its clock before (positive) or behind this machine's, in seconds; null where it does not tell. */
  clockSkewS: Known<number | null>;
}

/** What the network node tells. */
export interface ChainFacts {
  /** Without credentials. */
  url: string;
  epochs: Known<Epochs>;
  blockTimeS: Known<number>;
  isBehind: Known<boolean>;
  /** Of the newest block, before (positive) or behind this machine's clock, in seconds. */
  clockSkewS: Known<number>;
  /** Approved by governance; null where no model was named. */
  isApproved: Known<boolean> | null;
  /** What the participant owes and can pay; null where no address was given. */
  ready: Known<ReadyFinding[]> | null;
}
