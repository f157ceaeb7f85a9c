import type { ProbeMode } from '../batches/plan.js';
import type { WeightGuard } from '../chain/weight-measured.js';
import type { GoldenReference } from '../golden/reference.js';
import type { AssertionConfig, Coverage } from '../run/report.js';
import type { StatTestLayer } from '../run/thresholds.js';
import type { ProgressPart } from '../terminal/progress-text.js';

/** What one validation is to do. Durations carry their unit; everything absent has the default named there. */
export interface ValidateOptions {
  /** `http://HOST:POC_PORT[/VERSION][POC_SEGMENT]` */
  mlnodeUrl: string;
  /** What to do where this machine does not know the name in that URL; default: to give another URL. */
  unknownNameAdvice?: string;
  model: string;
  /** Names the node in the run folder and the report, where a node config does. */
  nodeId?: string;
  /** A reference, by file, by name or as read; default: the model's, and of several the one that fits the node. */
  reference?: string | GoldenReference;
  /** One for the same inputs, by file or by name: it tells whose heads of batches are wrong. */
  secondReference?: string;
  /** Thresholds above the reference's, lowest first, each layer with its source. */
  thresholds?: StatTestLayer[];

  /**
   * Compares with a trusted node in place of the golden vectors: `n` nonces and a block hash that are drawn from
   * the seed (default: a random one). Without `n` the trusted node is a second reference; in the decode scheme it
   * checks the node's own chains.
   */
  challenge?: { n?: number; trustedUrl: string; seed?: string };

  /** The run's folder; default `runs/<expName>_<time>`. */
  expDir?: string;
  /** Default `validate_<model>[_<nodeId>]`. */
  expName?: string;
  /** The folder of a run that was killed or interrupted, to be taken up; in place of the two above. */
  resume?: string;
  /** For the whole run; default: none beside those of the phases. */
  timeoutSeconds?: number;
  /**
   * Multiplies every limit and wait that has no option of its own: above 1 for a slow network, below for a
   * simulated node. Default 1.
   */
  patience?: number;

  /** Wait so long for a node that is still starting. Default 0. */
  waitReadySeconds?: number;
  /** Stop a PoC generation that we did not start. */
  stopForeign?: boolean;

  /** How the node is known to serve the model: its names, its weights and its topology. */
  served?: ServedConfig;
  /** A name that the node is expected to say of the model, where it is none of those. */
  servedAs?: string;
  /** The model in the governance registry, where a network node tells; asked when the weights are looked after. */
  registered?: () => Promise<{ hfRepo: string; hfCommit: string } | undefined>;

  skipDownload?: boolean;
  /** Default 7200. */
  downloadTimeoutSeconds?: number;

  skipDeploy?: boolean;
  /** vLLM arguments for a model that is not up, each with where it came from; absent: none were given. */
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
  /** `batch_size` of the throughput generation; left out of the request by default. */
  batchSize?: number;
  /** Asked before every act on the node, and while it goes on; absent: no network node is known. */
  weightGuard?: WeightGuard;

  /** Blocks that must be left until the next PoC when probing begins; default: its estimated time, and 10 more. */
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
  /** How many replicas the node should have; default: what the node or its arguments tell. */
  expectReplicas?: number;
  /** Arguments of the node as its network node or node config lists them, which tell how many replicas it has. */
  nodeArgs?: string[];
  /** Those that its network node lists: asked for once, where there is an admin API; null where it lists none. */
  listedArgs?: (signal: AbortSignal) => Promise<string[] | null>;
  skipSelfCheck?: boolean;
  /** One batch for each replica, or all of them. Default `sample`. */
  selfCheck?: 'sample' | 'full';
  /** Warnings about the node's honesty become FAIL. */
  strict?: boolean;

  /** What the report is held to beside the verdict. */
  assertions?: AssertionConfig[];
  /** Folder of the node's own last PASS, with which this run is compared. */
  ownBaseline?: string;

  /** Public key of this run's own throughput generation, in whichever process it is run; default: a new one. */
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

/** What a caller may watch while a node is validated. */
export interface ValidateEvents {
  phase?(phase: ValidatePhase): void;
  /** Progress of the present phase; `done` and `total` in its own unit. */
  progress?(progress: {
    phase: ValidatePhase;
    done: number;
    total: number;
    unit: string;
    /** The total is a limit that is not meant to be reached. */
    isLimit?: boolean;
    note?: string;
    /** What each replica has done of it; `total` is null where nobody knows its share. */
    parts?: ProgressPart[];
  }): void;
  /** A line worth reading while it runs. */
  note?(text: string): void;
  warning?(text: string): void;
}
