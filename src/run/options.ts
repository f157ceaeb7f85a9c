/** The headings of options in `--help`. */
export const OPTION_GROUPS = {
  node: 'The node:',
  reference: 'Reference and thresholds:',
  phases: 'Phases:',
  probe: 'Probe:',
  time: 'Time:',
  output: 'Output:',
} as const;

export type OptionGroup = keyof typeof OPTION_GROUPS;

/** All facts about one option of `assay validate`. */
export interface OptionEntry {
  /** `shared`: a flag that other commands have too; its description is there. */
  type: 'text' | 'texts' | 'number' | 'switch' | 'choice' | 'shared';
  description?: string;
  alias?: string;
  default?: string | number | boolean;
  /** Of a number. */
  range?: { min?: number; above?: number; max?: number; integer?: boolean };
  /** Of a choice. */
  choices?: readonly string[];
  /** The choice that `--no-NAME` makes. */
  negated?: string;
  /** Heading in `--help`. */
  group: OptionGroup;
  /**
   * On `--resume`. `kept`: the value of the start holds, and another value is refused; `free`: another value
   * is allowed, since it changes how long the run takes and not what it measures; `apart`: holds only for
   * this part of the run.
   */
  resume: 'kept' | 'free' | 'apart';
  /**
   * In the command that repeats a run. `given`: as the user gave it; `resolved`: as the run resolved it, from
   * any source; `never`: left out.
   */
  repeat: 'given' | 'resolved' | 'never';
  /**
   * Of a fleet. `node`: the fleet file sets it for each node; `all`: a flag for all nodes; `never`: a fleet
   * does not have it.
   */
  fleet: 'node' | 'all' | 'never';
  /**
   * Its place in a job of the queue, which brings it to a worker; null: a job does not have it, or has the
   * content of its file instead.
   */
  travels: string | null;
  /** Holds one or more URLs: their user and password are neither kept nor queued. */
  isUrl: boolean;
  /**
   * Other options for the same thing: if this one is a flag, their values from the environment or a file are
   * dropped.
   */
  insteadOf?: readonly string[];
}

/** Timers count milliseconds in 32 bits: about three weeks. */
const LONGEST_SECONDS = 2_000_000;
const SECONDS = { min: 0, max: LONGEST_SECONDS };
const SOME_SECONDS = { above: 0, max: LONGEST_SECONDS };
const RATE = { above: 0, max: 1 };
const COUNT = { min: 1, integer: true };

/** The values of most options; each entry names its differences. */
const kept = { resume: 'kept', repeat: 'given', fleet: 'all', isUrl: false } as const;
const free = { ...kept, resume: 'free' } as const;
const resolved = { ...kept, repeat: 'resolved' } as const;
const ofNode = { ...kept, fleet: 'node' } as const;
const ofFolder = { ...kept, repeat: 'never', fleet: 'never', travels: null } as const;
/** Options for what this part of the run shows and writes. */
const ofOutput = { ...ofFolder, resume: 'apart', group: 'output' } as const;

const node = 'node' as const;
const reference = 'reference' as const;
const phases = 'phases' as const;
const probe = 'probe' as const;
const time = 'time' as const;
const output = 'output' as const;

/**
 * Every option of `assay validate`. From this table follow its flags and their help, what `--resume` keeps, what a
 * fleet's file and flags say, the command that repeats a run, the schema of a job in the queue, the removal
 * of credentials, and the schema of `assay.yaml`.
 */
export const VALIDATE_OPTIONS = {
  'mlnode-url': {
    type: 'text',
    description: 'the node: http://HOST:POC_PORT[/VERSION][POC_SEGMENT]',
    group: node,
    ...ofNode,
    resume: 'apart',
    repeat: 'resolved',
    travels: 'options.mlnodeUrl',
    isUrl: true,
    insteadOf: ['node-config', 'node-id', 'reach'],
  },
  'node-config': {
    type: 'text',
    description: 'a node config file, in place of --mlnode-url; also gives the deploy arguments',
    group: node,
    ...ofNode,
    travels: null,
    insteadOf: ['mlnode-url'],
  },
  'node-id': {
    type: 'text',
    description: 'the node of that file (default: all of them, at the same time)',
    group: node,
    ...ofNode,
    travels: 'options.nodeId',
  },
  reach: { type: 'shared', group: node, ...ofNode, travels: null, isUrl: true },
  node: {
    type: 'shared',
    group: node,
    ...kept,
    travels: 'network_node',
    isUrl: true,
    insteadOf: ['network'],
  },
  'admin-url': {
    type: 'text',
    description: 'admin API of your network node, which lists the arguments of the node (env ADMIN_API_URL)',
    group: node,
    ...free,
    // A worker at another site does not reach it.
    fleet: 'never',
    travels: null,
    isUrl: true,
  },
  network: {
    type: 'switch',
    default: true,
    description: '--no-network: there is no network node to ask about PoC (for CI)',
    group: node,
    ...free,
    travels: null,
    insteadOf: ['node'],
  },
  'poc-margin': {
    type: 'number',
    description:
      'blocks that must remain before the next PoC when probing begins (default: its time and 10 more)',
    range: { min: 0, max: 1_000_000, integer: true },
    group: node,
    ...free,
    travels: 'options.pocMarginBlocks',
  },
  force: {
    type: 'choice',
    choices: ['phase'],
    description: 'phase: probe also while the weight of nodes is measured, at your own risk',
    group: node,
    ...free,
    // Another run may meet another phase.
    repeat: 'never',
    travels: null,
  },
  model: {
    type: 'text',
    description: 'the model that the node serves',
    group: node,
    ...ofNode,
    repeat: 'resolved',
    travels: 'options.model',
  },
  'served-as': {
    type: 'text',
    description: 'model name that the node reports, if it differs (a path, for example)',
    group: node,
    ...kept,
    travels: 'options.servedAs',
  },
  reference: {
    type: 'text',
    description: 'a reference file, or a name of `golden list` (default: the one that fits the node)',
    alias: 'artifact',
    group: reference,
    ...ofNode,
    repeat: 'resolved',
    travels: 'reference_sha256',
  },
  'second-reference': {
    type: 'text',
    description:
      'a second reference for the same inputs, by file or name: it shows whose heads of batches are wrong',
    group: reference,
    ...kept,
    fleet: 'never',
    travels: null,
  },
  challenge: {
    type: 'number',
    description: 'compare this many fresh nonces with a trusted node, in place of the reference',
    range: { min: 1, max: 100_000, integer: true },
    group: reference,
    ...kept,
    travels: 'options.challenge.n',
  },
  'trusted-url': {
    type: 'text',
    description:
      'the trusted node of --challenge, written like --mlnode-url; without --challenge it computes the nonces of the reference, too, or checks chains (decode scheme)',
    group: reference,
    ...kept,
    travels: 'options.challenge.trustedUrl',
    isUrl: true,
  },
  'challenge-seed': {
    type: 'text',
    description: 'seed of nonces and block hash (default: random; the report keeps it)',
    group: reference,
    ...kept,
    travels: 'options.challenge.seed',
  },
  threshold: {
    type: 'number',
    description: 'L2 distance above which a nonce is a mismatch',
    range: RATE,
    group: reference,
    ...resolved,
    travels: 'options.thresholds',
  },
  'p-mismatch': {
    type: 'number',
    description: 'mismatch rate expected of an honest node',
    range: RATE,
    group: reference,
    ...resolved,
    travels: 'options.thresholds',
  },
  'fraud-threshold': {
    type: 'number',
    description: 'a p-value below this is a FAIL',
    range: RATE,
    group: reference,
    ...resolved,
    travels: 'options.thresholds',
  },
  thresholds: {
    type: 'choice',
    choices: ['reference', 'chain'],
    default: 'reference',
    description: 'source of the thresholds; chain needs --node',
    group: reference,
    ...kept,
    // The thresholds themselves are repeated.
    repeat: 'never',
    travels: 'options.thresholds',
  },
  strict: {
    type: 'switch',
    description: 'warnings about the node turn into FAIL',
    group: reference,
    ...kept,
    travels: 'options.strict',
  },
  'wait-ready': {
    type: 'number',
    description: 'seconds to wait for a node that is still starting',
    range: SECONDS,
    default: 0,
    group: time,
    ...free,
    repeat: 'never',
    travels: 'options.waitReadySeconds',
  },
  'stop-foreign': {
    type: 'switch',
    description: 'stop a PoC generation that assay did not start',
    group: node,
    ...free,
    // Another run may meet another generation.
    repeat: 'never',
    travels: 'options.stopForeign',
  },
  'skip-download': {
    type: 'switch',
    description: 'skip the weights check',
    group: phases,
    ...kept,
    travels: 'options.skipDownload',
  },
  'download-timeout': {
    type: 'number',
    description: 'seconds',
    range: SECONDS,
    default: 7200,
    group: time,
    ...free,
    travels: 'options.downloadTimeoutSeconds',
  },
  'skip-deploy': {
    type: 'switch',
    description: 'skip the check that the model is up',
    group: phases,
    ...kept,
    travels: 'options.skipDeploy',
  },
  gpu: {
    type: 'text',
    description: 'GPU class, for the known deploy arguments (B200, H200, …)',
    group: phases,
    ...kept,
    travels: 'options.deployArgs',
    insteadOf: ['deploy-args-from-reference'],
  },
  variant: {
    type: 'text',
    default: 'default',
    description: 'one of several configs for --gpu, for example guide',
    group: phases,
    ...kept,
    travels: 'options.deployArgs',
  },
  'deploy-args-from-reference': {
    type: 'switch',
    description: "deploy with the arguments of the reference's node",
    group: phases,
    ...kept,
    travels: 'options.deployArgs',
    insteadOf: ['gpu', 'variant'],
  },
  dtype: {
    type: 'text',
    default: 'auto',
    description: 'dtype to serve with',
    group: phases,
    ...kept,
    travels: 'options.dtype',
  },
  'tp-size': {
    type: 'number',
    description: 'set --tensor-parallel-size',
    range: COUNT,
    group: phases,
    ...kept,
    travels: 'options.deployArgs',
  },
  'max-model-len': {
    type: 'number',
    description: 'set --max-model-len',
    range: COUNT,
    group: phases,
    ...kept,
    travels: 'options.deployArgs',
  },
  'extra-arg': {
    type: 'texts',
    description: 'append one token to the deploy arguments, as --extra-arg=TOKEN; repeatable',
    group: phases,
    ...kept,
    travels: 'options.deployArgs',
  },
  'deploy-timeout': {
    type: 'number',
    description: 'seconds (default 1800, on Blackwell GPUs 3600)',
    range: SECONDS,
    group: time,
    ...free,
    travels: 'options.deployTimeoutSeconds',
  },
  'skip-throughput': {
    type: 'switch',
    description: 'do not measure throughput',
    group: phases,
    ...free,
    travels: 'options.skipThroughput',
  },
  'warmup-seconds': {
    type: 'number',
    description: 'of generation before measuring',
    range: SECONDS,
    default: 30,
    group: phases,
    ...kept,
    travels: 'options.warmupSeconds',
  },
  'measure-seconds': {
    type: 'number',
    description: 'of measuring',
    range: SOME_SECONDS,
    default: 60,
    group: phases,
    ...kept,
    travels: 'options.measureSeconds',
  },
  'sample-interval': {
    type: 'number',
    description: 'seconds between two readings',
    range: SOME_SECONDS,
    default: 10,
    group: phases,
    ...kept,
    travels: 'options.sampleIntervalSeconds',
  },
  'batch-size': {
    type: 'number',
    description: 'batch_size of the throughput generation',
    range: COUNT,
    group: phases,
    ...kept,
    travels: 'options.batchSize',
  },
  assert: {
    type: 'texts',
    description:
      'exit 4 if a PASS misses it: METRIC, one of >= <= > <, and a number, as throughput>=600 or p98<=0.5; repeatable',
    group: reference,
    ...free,
    travels: 'options.assertions',
  },
  baseline: {
    type: 'text',
    description: 'the report or folder of an older run, or of a fleet; exit 4 when this one is worse',
    group: reference,
    ...free,
    travels: null,
  },
  'max-throughput-drop': {
    type: 'text',
    description: 'below the baseline, as 5% (the default)',
    group: reference,
    ...free,
    travels: null,
  },
  'max-p98-rise': {
    type: 'text',
    description: 'of L2 distances above the baseline, as 10% (the default)',
    group: reference,
    ...free,
    travels: null,
  },
  'own-baseline': {
    type: 'text',
    description:
      "folder of the same node's last PASS: changed vectors are a warning; a folder of a fleet or watch has one for each node",
    group: reference,
    ...free,
    travels: null,
  },
  'skip-validate': {
    type: 'switch',
    description: 'stop before probing; exit 0',
    group: phases,
    ...kept,
    travels: 'options.skipValidate',
  },
  'validation-timeout': {
    type: 'number',
    description: 'seconds for probing, and for the self-check',
    range: SOME_SECONDS,
    default: 900,
    group: time,
    ...free,
    travels: 'options.validationTimeoutSeconds',
  },
  'validation-batch-size': {
    type: 'number',
    description: 'batch_size of the validation requests',
    range: COUNT,
    group: probe,
    ...kept,
    travels: 'options.validationBatchSize',
  },
  probe: {
    type: 'choice',
    choices: ['queued', 'wait', 'whole'],
    default: 'queued',
    description: 'queued requests, requests that wait, or one request for all nonces',
    group: probe,
    ...kept,
    travels: 'options.probe',
  },
  coverage: {
    type: 'choice',
    choices: ['auto', 'spread', 'every-replica'],
    default: 'auto',
    description:
      'auto: each nonce once, and more until every replica is tested; spread: each nonce once; or each nonce on every replica',
    group: probe,
    ...kept,
    travels: 'options.coverage',
  },
  'expect-replicas': {
    type: 'number',
    description: 'number of replicas that the node should have (default: from the node or its arguments)',
    range: { min: 1, max: 1024, integer: true },
    group: node,
    ...ofNode,
    travels: 'options.expectReplicas',
  },
  'self-check': {
    type: 'choice',
    choices: ['sample', 'full', 'none'],
    default: 'sample',
    negated: 'none',
    description: "the node's own check: one batch for each replica, all nonces, or none (--no-self-check)",
    group: probe,
    ...kept,
    travels: 'options.selfCheck',
  },
  timeout: {
    type: 'number',
    description: 'seconds for the whole run',
    range: SOME_SECONDS,
    group: time,
    ...kept,
    resume: 'apart',
    travels: 'options.timeoutSeconds',
  },
  resume: {
    type: 'text',
    description: 'resume the killed or interrupted run in this folder, with its inputs',
    group: output,
    ...ofFolder,
    resume: 'apart',
  },
  'exp-dir': {
    type: 'text',
    description: 'folder of the run (default: runs/NAME_TIME)',
    group: output,
    ...ofFolder,
    resume: 'apart',
  },
  'exp-name': {
    type: 'text',
    description: 'name of the run (default: validate_MODEL)',
    group: output,
    ...ofFolder,
  },
  report: {
    type: 'text',
    description: 'also write these into the run folder: html, markdown, junit, github (a,b)',
    ...ofOutput,
  },
  json: {
    type: 'switch',
    description: 'print the report as JSON, and nothing else, on stdout',
    ...ofOutput,
  },
  quiet: { type: 'switch', description: 'no progress on stderr', ...ofOutput },
} as const satisfies Record<string, OptionEntry>;

export type OptionName = keyof typeof VALIDATE_OPTIONS;

/** The table's rows, in its order. */
export const validateOptions = Object.entries(VALIDATE_OPTIONS) as [OptionName, OptionEntry][];

/** `wait-ready` as a run's config and the parser have it: `waitReady`. */
export function keyOf(option: string): string {
  return option.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
