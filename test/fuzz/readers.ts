import type { ValidateFunction } from 'ajv';
import ndarray from 'ndarray';
import { replyOf } from '../../src/batches/transport.js';
import { AssayError } from '../../src/errors.js';
import { checkGolden, parseGolden } from '../../src/golden/load.js';
import { detailOf } from '../../src/http/detail.js';
import { parseJson } from '../../src/http/json.js';
import type { GenerateAnswer, PowStatus } from '../../src/mlnode/answers.js';
import { acceptAnswer } from '../../src/mlnode/client.js';
import { isGenerating, portsOf } from '../../src/mlnode/replicas.js';
import { measureAnswer } from '../../src/probe/measure.js';
import { observe } from '../../src/probe/observe.js';
import { renderAnnotations } from '../../src/report/github.js';
import { renderJunit } from '../../src/report/junit.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import { renderPlainText } from '../../src/report/plain-text.js';
import { parseJson as parseFile, parseObservations } from '../../src/run/read.js';
import type { ValidateReport } from '../../src/run/report.js';
import { accept } from '../../src/schemas/accept.js';
import validateGenerate from '../../src/schemas/generated/mlnode-generate.js';
import validateGpuDevices from '../../src/schemas/generated/mlnode-gpu-devices.js';
import validateModelStatus from '../../src/schemas/generated/mlnode-model-status.js';
import validatePowInit from '../../src/schemas/generated/mlnode-pow-init.js';
import validatePowStatus from '../../src/schemas/generated/mlnode-pow-status.js';
import validateState from '../../src/schemas/generated/mlnode-state.js';
import validateUpStatus from '../../src/schemas/generated/mlnode-up-status.js';
import validateReport from '../../src/schemas/generated/validate-report.js';
import { prefill } from '../../src/schemes/prefill.js';
import { artifactFile, atAngle } from '../support/artifact-file.js';
import { runFixture } from '../support/run-fixture.js';

/** Something that reads what others wrote. */
export interface Reader {
  name: string;
  /** Texts as they should be. */
  samples: string[];
  /** @throws AssayError for every text that is not as it should be */
  read(text: string): unknown;
}

const K_DIM = 12;
const nonces = [1, 2, 3];
const file = artifactFile(nonces.map((nonce) => [nonce, atAngle(nonce)]));
const golden = ndarray(new Float32Array(nonces.length * K_DIM), [nonces.length, K_DIM]);
const run = runFixture({ nonces: 3, replicas: ['honest', 'unrelated'] });

/** An answer of the ML node, as the client takes it in. */
function answerReader<T>(
  name: string,
  validate: ValidateFunction,
  samples: unknown[],
  use: (answer: T) => unknown = (answer) => answer,
): Reader {
  return {
    name,
    samples: samples.map((sample) => JSON.stringify(sample)),
    read: (text) => use(acceptAnswer<T>(validate, { status: 200, body: parseJson(text, 'GET x') }, 'GET x')),
  };
}

/** A vector answer all the way to its observations. */
function measured(answer: GenerateAnswer): unknown {
  const reply = replyOf(answer, true, (complete) => measureAnswer(complete, nonces, golden, prefill));
  if (reply.kind !== 'done') return reply;
  const batch = { index: 0, start: 0, count: nonces.length };
  const done = { batch, result: reply.result, replica: null, requestId: reply.requestId, latencyMs: 1 };
  return observe(done, nonces, prefill, 0.2);
}

export const readers: Reader[] = [
  {
    name: 'reference',
    samples: [
      JSON.stringify(file),
      JSON.stringify({
        ...file,
        node_id: 0,
        node_count: 1,
        poc_stronger_rng: true,
        stat_test: { dist_threshold: 0.4, p_mismatch: 0.1, fraud_threshold: 0.05 },
        expected_distance: { mean: 0.07, sd: 0.04 },
        collection_batch_size: null,
        encoding: { dtype: 'f16', k_dim: 12, endian: 'le' },
        scheme: 'prefill',
      }),
    ],
    read: (text) => checkGolden(parseGolden(Buffer.from(text), 'x.json'), 'x.json', ''),
  },
  answerReader(
    'vectors',
    validateGenerate,
    [
      {
        status: 'completed',
        request_id: '5001:x',
        artifacts: file.artifacts,
        encoding: { dtype: 'f16', k_dim: 12 },
      },
      { status: 'queued', request_id: '5001:x', queued_count: 3 },
      { status: 'failed', error: { detail: 'x' } },
    ],
    measured,
  ),
  answerReader('self-check', validateGenerate, [
    {
      status: 'completed',
      n_total: 3,
      n_mismatch: 1,
      mismatch_nonces: [1],
      p_value: 0.5,
      fraud_detected: false,
    },
  ]),
  answerReader<PowStatus>(
    'generation status',
    validatePowStatus,
    [
      {
        status: 'GENERATING',
        backends: [
          {
            port: 5001,
            status: 'GENERATING',
            config: { block_hash: 'x', public_key: 'y', seq_len: 1, k_dim: 12 },
            stats: { total_processed: 1, nonces_per_second: 2 },
          },
        ],
      },
    ],
    (pow) => [portsOf(pow), (pow.backends ?? []).map(isGenerating)],
  ),
  answerReader('generation start', validatePowInit, [
    {
      status: 'OK',
      backends: 1,
      n_groups: 2,
      results: [{ port: 5001, status: 'OK' }],
      errors: [{ port: 1, error: '{}' }],
    },
  ]),
  answerReader('state', validateState, [{ state: 'INFERENCE', version: '1', loaded_model: 'x' }]),
  answerReader('GPUs', validateGpuDevices, [
    { devices: [{ index: 0, name: 'B200', is_available: true }], count: 1 },
  ]),
  answerReader('weights', validateModelStatus, [
    {
      model: { hf_repo: 'x', hf_commit: null },
      status: 'PARTIAL',
      progress: { elapsed_seconds: 1 },
      error_message: null,
    },
  ]),
  answerReader('model start', validateUpStatus, [
    { status: 'in_progress', is_starting: true, is_running: false, elapsed_seconds: 1, error: null },
  ]),
  {
    name: 'error body',
    samples: [
      JSON.stringify({ detail: JSON.stringify({ detail: { error: 'params mismatch' } }) }),
      JSON.stringify({ detail: [{ loc: ['body', 'nonces', 0], msg: 'field required', type: 'x' }] }),
    ],
    read: (text) => detailOf(parseJson(text, 'GET x')),
  },
  {
    name: 'observations',
    samples: run.observations.map((observation) => JSON.stringify(observation)),
    read: (text) => parseObservations(`${text}\n`, 'observations.jsonl'),
  },
  {
    name: 'report',
    samples: [JSON.stringify(run.report)],
    read(text) {
      const report = accept<ValidateReport>(validateReport, parseFile(text, 'report'), 'report');
      const read = { ...run, report };
      return [renderPlainText(read), renderMarkdown(read), renderJunit(read), renderAnnotations(read)];
    },
  },
];

/**
 * Reads a text that is perhaps as it should be.
 *
 * @returns whether it was taken
 * @throws whatever is neither a value nor a named error in one line
 */
export function isTaken({ read }: Reader, text: string): boolean {
  try {
    read(text);
  } catch (error) {
    if (error instanceof AssayError && error.line.trim() !== '' && !error.line.includes('\n')) return false;
    throw error;
  }
  if ('poisoned' in {}) throw new Error('Object.prototype was changed');
  return true;
}
