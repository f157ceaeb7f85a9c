import { UsageError } from '../errors.js';
import { parseBaseUrl } from '../http/url.js';

/** The `--node` option, the same in every command that reads the chain. */
export const nodeOption = {
  type: 'string',
  description: 'network node, for example https://node3.gonka.ai (env ASSAY_NODE, or NODE as in the guide)',
} as const;

/**
 * The base URL of the network node, below which `/v1`, `/chain-api` and `/chain-rpc` lie.
 *
 * `NODE` counts only when it is an http(s) URL, because npm sets it to its own binary.
 *
 * @throws UsageError when it is malformed
 */
export function findNodeUrl(flag: string | undefined, env = process.env): string | undefined {
  const { ASSAY_NODE: ours, NODE: guides } = env;
  if (flag !== undefined) return parseNodeUrl(flag, '--node');
  if (ours !== undefined && ours !== '') return parseNodeUrl(ours, 'ASSAY_NODE');
  if (guides !== undefined && /^https?:\/\//i.test(guides)) return parseNodeUrl(guides, 'NODE');
  return undefined;
}

/**
 * As `findNodeUrl`, for callers that need a node.
 *
 * @throws UsageError when none is given, or it is malformed
 */
export function requireNodeUrl(flag: string | undefined, env = process.env): string {
  const url = findNodeUrl(flag, env);
  if (url !== undefined) return url;
  throw new UsageError('no network node is given', {
    advice: 'add --node https://node3.gonka.ai, or set ASSAY_NODE',
  });
}

/** People also paste the RPC or REST address: the base URL is the part before it. */
function parseNodeUrl(text: string, flag: string): string {
  return parseBaseUrl(text, flag).replace(/\/chain-(?:rpc|api)$/, '');
}
