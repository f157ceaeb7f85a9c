import { AssayError } from '../errors.js';
import { findGolden, loadGoldenByName } from '../golden/catalog.js';
import { pocParamsOf } from '../golden/poc-params.js';
import { parseBaseUrl } from '../http/url.js';
import { goldenThresholds, resolveStatTest } from '../run/thresholds.js';
import type { AcceptInputs } from './check.js';
import type { AcceptOptions } from './options.js';

/**
 * Resolves what a run is made with.
 *
 * @throws AssayError for inputs that no run can start from
 */
export async function resolveInputs(options: AcceptOptions): Promise<AcceptInputs> {
  const { model, reference: given, only, skip = [], peers = [] } = options;
  const mlnodeUrl = parseBaseUrl(options.mlnodeUrl, '--mlnode-url');
  const reference =
    typeof given === 'object'
      ? given
      : given === undefined
        ? await findGolden(model)
        : await loadGoldenByName(given, model);
  if (reference.file.model !== model) {
    throw new AssayError(`the reference is of ${reference.file.model}, not of ${model}`, {
      advice: 'give the --reference of this model',
    });
  }
  const peerUrls = peers.map((url) => parseBaseUrl(url, '--peer'));
  if (peerUrls.includes(mlnodeUrl)) {
    throw new AssayError('a --peer is the node to be tested', { advice: 'give the URL of another node' });
  }
  return {
    mlnodeUrl,
    model,
    reference,
    params: pocParamsOf(reference.file),
    statTest: resolveStatTest([goldenThresholds(reference.file)]).values,
    startArgs: options.startArgs ?? null,
    startSeconds: options.startSeconds ?? null,
    peers: peerUrls,
    inferenceUrl:
      options.inferenceUrl === undefined ? mlnodeUrl : parseBaseUrl(options.inferenceUrl, '--inference-url'),
    cycles: options.cycles ?? 3,
    measureSeconds: options.measureSeconds ?? 60,
    warmupSeconds: options.warmupSeconds ?? 30,
    only: only ?? null,
    skip,
    chatSeconds: options.chatSeconds ?? 300,
    waitLimitSeconds: options.waitLimitSeconds ?? 60,
  };
}
