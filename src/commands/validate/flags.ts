import { nodeOption } from '../../chain/node-url.js';
import { numberFlag, rateFlag, reachOption, textFlag } from '../flags.js';

/** Timers count milliseconds in 32 bits: some three weeks. */
const LONGEST_SECONDS = 2_000_000;

const seconds = <const D extends number>(name: string, description: string, fallback: D) =>
  numberFlag(name, description, { min: 0, max: LONGEST_SECONDS, default: fallback });
const someSeconds = <const D extends number>(name: string, description: string, fallback: D) =>
  numberFlag(name, description, { above: 0, max: LONGEST_SECONDS, default: fallback });

/** Every flag of `assay validate`, and through it of all that validates a node. */
export const validateFlags = {
  'mlnode-url': textFlag('mlnode-url', 'the node: http://HOST:POC_PORT[/VERSION][POC_SEGMENT]'),
  'node-config': textFlag(
    'node-config',
    'a node config file, in place of --mlnode-url; also gives the deploy arguments',
  ),
  'node-id': textFlag('node-id', 'the node of that file; without it all of them, side by side'),
  reach: reachOption,
  model: textFlag('model', 'the model that the node serves'),
  reference: textFlag(
    'reference',
    'a reference file, or a name of `golden list` (default: the one that fits the node)',
    {
      alias: 'artifact',
    },
  ),

  challenge: numberFlag(
    'challenge',
    'compare that many fresh nonces with those of a trusted node, in place of the golden vectors',
    { min: 1, max: 100_000, integer: true },
  ),
  'trusted-url': textFlag('trusted-url', 'the trusted node of --challenge, written like --mlnode-url'),
  'challenge-seed': textFlag(
    'challenge-seed',
    'what nonces and block hash are drawn from (default: a random one, which the report keeps)',
  ),

  threshold: rateFlag('threshold', 'L2 distance above which a nonce mismatches'),
  'p-mismatch': rateFlag('p-mismatch', 'mismatch rate expected of an honest node'),
  'fraud-threshold': rateFlag('fraud-threshold', 'p-value below which it is fraud'),
  thresholds: {
    choices: ['reference', 'chain'] as const,
    default: 'reference' as const,
    description: 'where the thresholds are from; chain needs --node',
  },
  strict: { type: 'boolean', description: 'warnings about the node turn into FAIL' },

  node: nodeOption,
  'wait-ready': seconds('wait-ready', 'wait so many seconds for a node that is still starting', 0),
  'stop-foreign': { type: 'boolean', description: 'stop a PoC generation that we did not start' },

  'skip-download': { type: 'boolean', description: 'do not look after the weights' },
  'download-timeout': seconds('download-timeout', 'seconds', 7200),

  'skip-deploy': { type: 'boolean', description: 'do not look whether the model is up' },
  gpu: textFlag('gpu', 'GPU class, for the known deploy arguments (B200, H200, …)'),
  variant: textFlag('variant', 'which of several configs for --gpu, for example guide', {
    default: 'default',
  }),
  'deploy-args-from-reference': {
    type: 'boolean',
    description: 'deploy with the arguments that the reference was recorded with',
  },
  dtype: { type: 'string', default: 'auto', requiresArg: true, description: 'dtype to serve with' },
  'tp-size': numberFlag('tp-size', 'set --tensor-parallel-size', { min: 1, integer: true }),
  'max-model-len': numberFlag('max-model-len', 'set --max-model-len', { min: 1, integer: true }),
  'extra-arg': {
    type: 'string',
    array: true,
    requiresArg: true,
    nargs: 1,
    description: 'append one token to the deploy arguments, as --extra-arg=TOKEN; repeatable',
  },
  'deploy-timeout': seconds('deploy-timeout', 'seconds', 1800),

  'skip-throughput': { type: 'boolean', description: 'do not measure throughput' },
  'warmup-seconds': seconds('warmup-seconds', 'of generation before measuring', 30),
  'measure-seconds': someSeconds('measure-seconds', 'of measuring', 60),
  'sample-interval': someSeconds('sample-interval', 'seconds between two readings', 10),
  'batch-size': numberFlag('batch-size', 'batch_size of the throughput generation', {
    min: 1,
    integer: true,
  }),

  'skip-validate': { type: 'boolean', description: 'stop before probing; exit 0' },
  'validation-timeout': someSeconds('validation-timeout', 'seconds for probing, and for the self-check', 900),
  'validation-batch-size': numberFlag(
    'validation-batch-size',
    'batch_size of the validation, and where it is split',
    {
      min: 1,
      integer: true,
    },
  ),
  probe: {
    choices: ['queued', 'wait', 'whole'] as const,
    default: 'queued' as const,
    description: 'queued requests, requests that wait, or one request for all nonces',
  },
  coverage: {
    choices: ['spread', 'every-replica'] as const,
    default: 'spread' as const,
    description: 'each nonce once over all replicas, or on each replica',
  },
  'self-check': {
    type: 'boolean',
    default: true,
    description: "the node's own check beside ours; --no-self-check skips it",
  },

  timeout: numberFlag('timeout', 'seconds for the whole run', { above: 0, max: LONGEST_SECONDS }),
  resume: textFlag('resume', 'take up the killed or interrupted run of this folder, with its inputs'),
  'exp-dir': textFlag('exp-dir', 'folder of the run (default: runs/NAME_TIME)'),
  'exp-name': textFlag('exp-name', 'name of the run (default: validate_MODEL)'),
} as const;
