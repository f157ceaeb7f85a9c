import type { InferredOptionTypes } from 'yargs';
import { buildNode, editArgs } from '../../network/build-node.js';
import { loadDeployConfig } from '../../network/deploy-config.js';
import type { NodeObject } from '../../network/node-object.js';

/** What `node config` and `deploy` make a node object of. The ports are those of the operators' guide. */
export const nodePartOptions = {
  model: { type: 'string', demandOption: true, requiresArg: true, description: 'model id' },
  gpu: { type: 'string', demandOption: true, requiresArg: true, description: 'GPU class, for example B200' },
  host: {
    type: 'string',
    demandOption: true,
    requiresArg: true,
    description: 'name or address of the ML node, as the network node reaches it',
  },
  'inference-port': { type: 'number', default: 5050, requiresArg: true, description: 'port for inference' },
  'poc-port': { type: 'number', default: 8080, requiresArg: true, description: 'port for PoC' },
  'max-concurrent': { type: 'number', default: 500, requiresArg: true, description: 'requests at a time' },
  'tp-size': { type: 'number', requiresArg: true, description: 'tensor-parallel size' },
  'set-arg': tokens('FLAG or FLAG=VALUE of vLLM to replace or add (repeatable)'),
  'drop-arg': tokens('FLAG of vLLM to leave out (repeatable)'),
} as const;

/**
 * The node object that the options ask for, from the published arguments of the model on the GPU class.
 *
 * @throws AssayError for an unknown model or GPU class, and for a part out of range
 */
export async function nodeOfParts(
  id: string,
  parts: InferredOptionTypes<typeof nodePartOptions>,
): Promise<NodeObject> {
  const published = await loadDeployConfig(parts.model, parts.gpu);
  return buildNode({
    id,
    host: parts.host,
    inferencePort: parts['inference-port'],
    pocPort: parts['poc-port'],
    maxConcurrent: parts['max-concurrent'],
    model: published.model,
    args: editArgs(published.args, {
      tpSize: parts['tp-size'],
      dropArgs: parts['drop-arg'],
      setArgs: parts['set-arg'],
    }),
  });
}

/** A repeatable option whose value may begin with dashes. */
function tokens(description: string) {
  return {
    type: 'string',
    nargs: 1,
    description,
    coerce: (value: string | string[]) => [value].flat(),
  } as const;
}
