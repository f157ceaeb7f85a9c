import { UsageError } from '../errors.js';
import type { DeployConfig } from '../models/deploy-config.js';
import { acceptAsIs } from '../schemas/accept.js';
import validateNodeConfig from '../schemas/generated/node-config.js';
import { requireHost } from './node-host.js';
import type { ModelConfig, NodeObject } from './node-object.js';
import { canonicalFlag, dropArg, flagsOf, setArg, TENSOR_PARALLEL } from './serve-args.js';

/** What a user wants to differ from the published config. */
export interface ArgEdits {
  tpSize?: number | undefined;
  /** Flags to remove. */
  dropArgs?: string[] | undefined;
  /** `FLAG` or `FLAG=VALUE`, to replace or add. */
  setArgs?: string[] | undefined;
}

/**
 * Changes published arguments: removes flags first, then sets flags.
 *
 * @throws UsageError when a flag to remove is not there, because a misspelt flag must not stay unnoticed
 */
export function editArgs(args: readonly string[], edits: ArgEdits): string[] {
  let result = [...args];
  for (const flag of edits.dropArgs ?? []) {
    if (!flagsOf(result).includes(canonicalFlag(flag))) {
      throw new UsageError(`--drop-arg ${flag}: not among the arguments`, {
        advice: `they have ${flagsOf(result).join(', ')}`,
      });
    }
    result = dropArg(result, flag);
  }
  if (edits.tpSize !== undefined && !(Number.isInteger(edits.tpSize) && edits.tpSize > 0))
    throw new UsageError('--tp-size must be a positive integer');
  if (edits.tpSize !== undefined) result = setArg(result, TENSOR_PARALLEL, String(edits.tpSize));
  for (const text of edits.setArgs ?? []) {
    const equals = text.indexOf('=');
    if (text.replace(/^-+/, '') === '' || equals === 0)
      throw new UsageError(`--set-arg "${text}": names no flag`);
    result =
      equals < 0 ? setArg(result, text) : setArg(result, text.slice(0, equals), text.slice(equals + 1));
  }
  return result;
}

export interface NodeParts {
  id: string;
  host: string;
  inferencePort: number;
  pocPort: number;
  maxConcurrent: number;
  model: string;
  config: ModelConfig;
}

/**
 * The node object of one model.
 *
 * @throws AssayError when a field is out of range
 */
export function buildNode(parts: NodeParts): NodeObject {
  requireHost(`node ${parts.id || '(no id)'}`, parts.host);
  const node: NodeObject = {
    id: parts.id,
    host: parts.host,
    inference_port: parts.inferencePort,
    poc_port: parts.pocPort,
    max_concurrent: parts.maxConcurrent,
    models: { [parts.model]: parts.config },
  };
  return acceptAsIs<NodeObject>(validateNodeConfig, node, `node ${parts.id || '(no id)'}`);
}

/** The entry of a node object for the model of a deploy config, with its arguments changed. */
export function modelConfigOf(config: DeployConfig, edits: ArgEdits = {}): ModelConfig {
  const { args, model_override: override, more } = config;
  return {
    ...more,
    ...(override !== undefined && { model_override: override }),
    args: editArgs(args, edits),
  };
}
