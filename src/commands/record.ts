import { Interrupted, UsageError } from '../errors.js';
import { parseBaseUrl } from '../http/url.js';
import { schemeOf } from '../schemes/index.js';
import type { SchemeParams } from '../schemes/scheme.js';
import { type Progress, startProgress } from '../terminal/progress.js';
import { renderPairs } from '../terminal/table.js';
import { jsonText } from '../text/json.js';
import { defineCommand } from './command.js';
import { numberFlag, textFlag } from './flags.js';
import { guardOf, guardOptions } from './network-guard.js';

const count = (name: string, description: string, byDefault: number, min = 1) =>
  numberFlag(name, description, { min, integer: true, default: byDefault });

export const command = defineCommand({
  description:
    'Records a reference from a trusted node that already serves the model. Every answer is saved at once; --resume asks for the rest.',
  options: {
    'mlnode-url': textFlag('base URL of the ML node', { demandOption: true }),
    model: textFlag('the model that it serves', { demandOption: true }),
    out: textFlag('the reference file to write', { demandOption: true }),
    'num-nonces': count('num-nonces', 'record nonces 0 to N − 1', 32),
    nonces: textFlag('other nonces: a range (0-31,64-95), a file of nonces, or a reference'),
    'batch-size': count('batch-size', 'batch_size of the requests, and where nonces are split', 32),
    'seq-len': numberFlag('seq-len', 'sequence length (default: 1024, for decode 256)', {
      min: 1,
      integer: true,
    }),
    scheme: {
      choices: ['prefill', 'decode'] as const,
      default: 'prefill' as const,
      description: 'what to record: vectors of --k-dim numbers, or chains of --max-tokens generated tokens',
    },
    'k-dim': count('k-dim', 'numbers in a vector of the prefill scheme', 12),
    'max-tokens': count('max-tokens', 'tokens of a chain of the decode scheme', 256),
    'block-hash': textFlag('block hash that the vectors follow from', {
      default: 'TEST_BLOCK',
    }),
    'block-height': count('block-height', 'block height for the requests', 100, 0),
    'public-key': textFlag('public key that the vectors follow from', {
      default: 'test_pub_keys',
    }),
    'node-id': count('node-id', 'node id for the requests', 0, 0),
    'node-count': count('node-count', 'node count for the requests', 1),
    'poc-stronger-rng': { type: 'boolean', description: 'send poc_stronger_rng; --no-… sends false' },
    'dist-threshold': numberFlag(
      'dist-threshold',
      "distance threshold of the reference (default: the model file's)",
      {
        above: 0,
        max: 1,
      },
    ),
    'served-as': textFlag('model name that the node reports, if it differs'),
    source: textFlag('source, in words (default: what the node reports)'),
    'additional-args': {
      ...textFlag('arguments of the server, for information: one text, or a JSON list'),
      nargs: 1,
    },
    timeout: count('timeout', 'seconds for one run of all nonces', 900),
    repeat: count(
      'repeat',
      'compute all nonces this many times, each time on another replica, and refuse a node with different results',
      1,
    ),
    'every-replica': { type: 'boolean', description: 'repeat until every replica has computed all nonces' },
    'repeat-limit': numberFlag('repeat-limit', 'largest allowed L2 distance between its runs', {
      min: 0,
      max: 2,
      default: 0.02,
    }),
    resume: { type: 'boolean', description: 'go on with an interrupted recording' },
    force: { type: 'boolean', description: 'replace the file, and delete an interrupted recording' },
    ...guardOptions,
    json: { type: 'boolean', description: 'print JSON' },
  },
  examples: [
    [
      'assay record --mlnode-url http://10.0.0.21:8080 --model moonshotai/Kimi-K2.6 --num-nonces 200 --repeat 2 --out kimi.json',
      'two runs that must agree; the first is written',
    ],
    [
      'assay record --mlnode-url http://10.0.0.21:8080 --model moonshotai/Kimi-K2.6 --nonces kimi.json --out other.json',
      'the nonces of another reference',
    ],
  ],
  async run(args, { terminal, signal }) {
    const [{ parseNonces }, { record }] = await Promise.all([
      import('../record/parse-nonces.js'),
      import('../record/record.js'),
    ]);
    if (args.resume && args.force) throw new UsageError('--resume and --force cannot be used together');
    const nonces =
      args.nonces === undefined
        ? Array.from({ length: args['num-nonces'] }, (_, nonce) => nonce)
        : await parseNonces(args.nonces);
    const strongerRng = args['poc-stronger-rng'];
    let progress: Progress | undefined;
    const onProgress = (done: number) => {
      const total = nonces.length * args.repeat;
      progress ??= startProgress(terminal, { label: 'recording', total, unit: 'nonces' });
      progress.update(done);
    };
    try {
      const { file, disagreement } = await record({
        mlnodeUrl: parseBaseUrl(args['mlnode-url'], '--mlnode-url'),
        params: {
          block_hash: args['block-hash'],
          block_height: args['block-height'],
          public_key: args['public-key'],
          node_id: args['node-id'],
          node_count: args['node-count'],
          params: { model: args.model, seq_len: seqLenOf(args), ...schemeParams(args) },
          ...(strongerRng !== undefined && { poc_stronger_rng: strongerRng }),
        },
        nonces,
        batchSize: args['batch-size'],
        timeoutSeconds: args.timeout,
        weightGuard: guardOf(args),
        distThreshold: args['dist-threshold'],
        source: args.source,
        additionalArgs: splitArgs(args['additional-args']),
        out: args.out,
        repeat: args.repeat,
        everyReplica: args['every-replica'] ?? false,
        repeatLimit: args['repeat-limit'],
        resume: args.resume ?? false,
        force: args.force ?? false,
        signal,
        servedAs: args['served-as'],
        onWarning: (text) => terminal.say(`warning: ${text}`),
        onProgress,
      });
      progress?.stop();
      const { artifacts, ...head } = file;
      const result = { path: args.out, vectors: artifacts.length, ...head, disagreement };
      if (args.json) terminal.out(jsonText(result));
      else terminal.out(renderPairs(tell(result)));
      if (file.notes !== undefined) {
        const note = `${args.out}: ${file.notes}`;
        terminal.say(`assay: ${note}`);
      }
      return 0;
    } catch (error) {
      progress?.stop();
      if (error instanceof Interrupted && progress !== undefined) {
        terminal.say('INCOMPLETE: the answers so far are kept; the same command with --resume goes on');
      }
      throw error;
    }
  },
});

/** Defaults of the builds: PoC vectors of prefill over 1,024 tokens, of decode over 256. */
function seqLenOf({ scheme, seqLen }: { scheme: 'prefill' | 'decode'; seqLen?: number | undefined }): number {
  return seqLen ?? (scheme === 'decode' ? 256 : 1024);
}

function schemeParams(args: { scheme: 'prefill' | 'decode'; kDim: number; maxTokens: number }): SchemeParams {
  return schemeOf(args).requestParams(
    args.scheme === 'decode' ? { decode: true, max_tokens: args.maxTokens } : { k_dim: args.kDim },
  );
}

function tell(result: {
  path: string;
  vectors: number;
  model: string;
  source?: string;
  disagreement: { rounds: number; max_l2: number } | null;
}): [string, string][] {
  const { disagreement } = result;
  return [
    ['written', result.path],
    ['model', result.model],
    ['vectors', String(result.vectors)],
    ['source', result.source ?? ''],
    ...(disagreement === null
      ? []
      : ([
          [
            'runs',
            disagreement.max_l2 === 0
              ? `${disagreement.rounds}, equal to the bit`
              : `${disagreement.rounds}, at most ${disagreement.max_l2.toFixed(4)} apart`,
          ],
        ] satisfies [string, string][])),
  ];
}

/** Arguments from one text in shell syntax, or from a JSON list of texts. */
function splitArgs(text: string | undefined): string[] {
  if (text === undefined) return [];
  if (!text.trimStart().startsWith('[')) return text.split(/\s+/).filter(Boolean);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  if (Array.isArray(value) && value.every((arg) => typeof arg === 'string')) return value;
  throw new UsageError('--additional-args: not a JSON list of texts');
}
