import { DEFAULT_BATCH_SIZE } from '../batches/plan.js';
import { pocParamsOf } from '../golden/poc-params.js';
import { MlNodeClient } from '../mlnode/client.js';
import { identify, misnamedText } from '../mlnode/identity.js';
import { recordVectors } from '../record/record-vectors.js';
import { schemeOf } from '../schemes/index.js';
import { artifactOf, type Kept } from '../schemes/scheme.js';
import type { LiveRequest } from './live-request.js';
import { shared, type VectorSet } from './vector-set.js';

/** Time limit for all nonces of one node. A failed comparison is run again and not resumed. */
const TIMEOUT_SECONDS = 900;

/**
 * Asks a live node to compute the nonces of another recording, with its parameters and in its batches.
 *
 * @param guide the recording that says what to ask for
 */
export async function readLiveNode(
  url: string,
  guide: VectorSet,
  { signal, servedAs, weightGuard, onWarning }: Omit<LiveRequest, 'guide'>,
): Promise<VectorSet> {
  const node = new MlNodeClient(url, signal);
  await node.reach();
  const identity = await identify(node);
  const { model, collection_batch_size: batchSize } = guide.parameters;
  const misnamed = misnamedText(identity, [model, servedAs]);
  if (misnamed !== null) onWarning(`${url}: ${misnamed}`);
  const nonces = Array.from(guide.nonces);
  const recorded = await recordVectors({
    node,
    params: pocParamsOf(guide.parameters),
    form: guide.parameters,
    nonces,
    batchSize: batchSize ?? DEFAULT_BATCH_SIZE,
    known: new Map(),
    timeoutSeconds: TIMEOUT_SECONDS,
    weightGuard,
    signal,
    onBatch() {},
  });
  const scheme = schemeOf(guide.parameters);
  const length = scheme.rowLength(guide.parameters);
  const vectors = new Float32Array(nonces.length * length);
  nonces.forEach((nonce, row) => {
    scheme.read(artifactOf(nonce, recorded.get(nonce) as Kept), vectors, row * length, length);
  });
  const {
    dist_threshold: _threshold,
    stat_test: _test,
    additional_args: _args,
    ...parameters
  } = guide.parameters;
  return { label: url, parameters, ...shared(nonces, vectors) };
}
