import type { ProbeMode } from '../batches/plan.js';
import type { WeightGuard } from '../chain/weight-measured.js';
import type { GoldenReference } from '../golden/reference.js';
import type { AssertionConfig, Coverage } from '../run/report.js';
import type { StatTestLayer } from '../run/thresholds.js';
import type { ProgressPart } from '../terminal/progress-text.js';

/**
 * What one validation does. Durations have their unit in the name; an absent option has the default given
 * there.
 */
export interface ValidateOptions {
  /** `http://HOST:POC_PORT[/VERSION][POC_SEGMENT]` */
  mlnodeUrl: string;
  /** What to do where this machine cannot resolve the name in that URL; default: to give another URL. */
  unknownNameAdvice?: string;
  model: string;
  /** Names the node in the run folder and the report, where a node config names it. */
  nodeId?: string;
  /**
   * A reference, by file, by name or as read; default: the model's; of several, the one that fits the node.
   */
  reference?: string | GoldenReference;
  /**
   * A reference for the same inputs, by file or by name: it shows which side's heads of batches are wrong.
   */
  secondReference?: string;
  /** Thresholds above the reference's, lowest first, each layer with its source. */
  thresholds?: StatTestLayer[];

  /**
   * Compares with a trusted node instead of the golden vectors, for `n` nonces and a block hash that are
   * derived from the seed (default: a random seed). Without `n` the trusted node is a second reference. In
   * the decode scheme it checks the node's own chains.
   */
  challenge?: { n?: number; trustedUrl: string; seed?: string };

  /** The run's folder; default `runs/<expName>_<time>`. */
  expDir?: string;
  /** Default `validate_<model>[_<nodeId>]`. */
  expName?: string;
  /** The folder of a killed or interrupted run to resume, instead of the two options above. */
  resume?: string;
  /** For the whole run; default: only the limits of the phases. */
  timeoutSeconds?: number;
  /**
   * Multiplies every limit and wait that has no option of its own: above 1 for a slow network, below 1 for a
   * simulated node. Default 1.
   */
  patience?: number;

  /** How long to wait for a node that is still starting. Default 0. */
  waitReadySeconds?: number;
  /** Stop a PoC generation that we did not start. */
  stopForeign?: boolean;

  /** How the node is known to serve the model: its names, weights and topology. */
  served?: ServedConfig;
  /** A model name that the node may report, in addition to those. */
  servedAs?: string;
  /** The model in the governance registry, where a network node has it; used when the weights are checked. */
  registered?: () => Promise<{ hfRepo: string; hfCommit: string } | undefined>;

  skipDownload?: boolean;
  /** Default 7200. */
  downloadTimeoutSeconds?: number;

  skipDeploy?: boolean;
  /** vLLM arguments for a model that is not running, each with its source; absent: none were given. */
  deployArgs?: { value: string; source: string }[];
  /** Default `auto`. */
  dtype?: string;
  /** Default 1800, on Blackwell GPUs 3600. */
  deployTimeoutSeconds?: number;

  skipThroughput?: boolean;
  /** Default 30. */
  warmupSeconds?: number;
  /** Default 60. */
  measureSeconds?: number;
  /** Default 10. */
  sampleIntervalSeconds?: number;
  /** `batch_size` of the throughput generation; by default it is not in the request. */
  batchSize?: number;
  /** Asked before every act on the node and during it; absent: no network node is known. */
  weightGuard?: WeightGuard;

  /**
   * Blocks that must remain until the next PoC when probing begins; default: the estimated time of probing,
   * and 10 more.
   */
  pocMarginBlocks?: number;

  skipValidate?: boolean;
  /** For probing and for the node's own check, each. Default 900. */
  validationTimeoutSeconds?: number;
  /** `batch_size` of the validation requests, and the size at which nonces are split. */
  validationBatchSize?: number;
  /** Default `queued`. */
  probe?: ProbeMode;
  /** Default `auto`. */
  coverage?: Coverage;
  /** How many replicas the node should have; default: the number that the node or its arguments give. */
  expectReplicas?: number;
  /**
   * Arguments of the node as its network node or node config lists them; they give the number of replicas.
   */
  nodeArgs?: string[];
  /**
   * The arguments in its network node's list: asked for once, where there is an admin API; null where the
   * list has none.
   */
  listedArgs?: (signal: AbortSignal) => Promise<string[] | null>;
  skipSelfCheck?: boolean;
  /** One batch for each replica, or all of them. Default `sample`. */
  selfCheck?: 'sample' | 'full';
  /** Warnings about the node's honesty become FAIL. */
  strict?: boolean;

  /** The conditions that the report is checked against, besides the verdict. */
  assertions?: AssertionConfig[];
  /** Folder of the node's own last PASS, with which this run is compared. */
  ownBaseline?: string;

  /** Public key of this run's own throughput generation, for any process that runs it; default: a new key. */
  ownPublicKey?: string;
  /** Public keys of generations that earlier runs of ours may have left. */
  ownPublicKeys?: string[];
  /** Written into the config file; no secrets. */
  recordedOptions?: Record<string, unknown>;
}

/** How a model is served, as far as it is known here. */
export interface ServedConfig {
  /** vLLM arguments, one token each. */
  args: readonly string[];
  model_override?: { hf_repo: string; hf_commit: string } | null;
}

/** The phases in their order. */
export type ValidatePhase =
  | 'preflight'
  | 'download'
  | 'deploy'
  | 'throughput'
  | 'probe'
  | 'self-check'
  | 'engine-check'
  | 'verdict'
  | 'report';

/** What a caller may observe while a node is validated. */
export interface ValidateEvents {
  phase?(phase: ValidatePhase): void;
  /** Progress of the present phase; `done` and `total` in its own unit. */
  progress?(progress: {
    phase: ValidatePhase;
    done: number;
    total: number;
    unit: string;
    /** The total is a limit that is normally not reached. */
    isLimit?: boolean;
    note?: string;
    /** The progress of each replica; `total` is null where the replica share is not known. */
    parts?: ProgressPart[];
  }): void;
  /** A line to show during the run. */
  note?(text: string): void;
  warning?(text: string): void;
}
