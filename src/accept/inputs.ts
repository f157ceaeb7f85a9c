import { AssayError } from '../errors.js';
import { findGolden, loadGoldenByName } from '../golden/catalog.js';
import { pocParamsOf } from '../golden/poc-params.js';
import type { GoldenReference } from '../golden/reference.js';
import { parseBaseUrl } from '../http/url.js';
import { knownOf } from '../models/known.js';
import { referenceThresholds } from '../run/reference-thresholds.js';
import { resolveStatTest } from '../run/thresholds.js';
import { schemeOf } from '../schemes/index.js';
import type { AcceptInputs } from './check.js';
import { type AcceptOptions, DEFAULTS } from './options.js';

/**
 * Resolves the inputs of a run.
 *
 * @throws AssayError for inputs with which no run can start
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
  if (schemeOf(reference.file).judgedBy === 'engine') {
    throw new AssayError(
      `${reference.path} is of the decode scheme, and accept compares vectors by distance`,
      {
        advice:
          'give a prefill reference; let a trusted engine check chains: assay validate --trusted-url URL',
      },
    );
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
    statTest: resolveStatTest([await referenceThresholds(reference.file)]).values,
    known: (await knownOf(reference.file, reference.artifacts)).distances,
    startArgs: startArgsOf(options, reference),
    startSeconds: options.startSeconds ?? null,
    peers: peerUrls,
    inferenceUrl:
      options.inferenceUrl === undefined ? mlnodeUrl : parseBaseUrl(options.inferenceUrl, '--inference-url'),
    cycles: options.cycles ?? DEFAULTS.cycles,
    measureSeconds: options.measureSeconds ?? DEFAULTS.measureSeconds,
    warmupSeconds: options.warmupSeconds ?? DEFAULTS.warmupSeconds,
    only: only ?? null,
    skip,
    chatSeconds: options.chatSeconds ?? DEFAULTS.chatSeconds,
    waitLimitSeconds: options.waitLimitSeconds ?? 60,
  };
}

function startArgsOf(
  { startArgs, startArgsFromReference = false }: AcceptOptions,
  { path, file }: GoldenReference,
): string[] | null {
  if (!startArgsFromReference) return startArgs ?? null;
  if (file.additional_args !== undefined) return file.additional_args;
  throw new AssayError(`${path} does not say with which arguments it was recorded`, {
    advice: 'give --node-config FILE in place of --deploy-args-from-reference',
  });
}
