import type { Difference } from '../models/model-file.js';

/** What is known of the machine and the build that computed vectors; a part that is not known is absent. */
export interface Machine {
  /** GPU class. */
  gpu?: string;
  tp?: number;
  pp?: number;
  /** ML node version. */
  build?: string;
  batch?: number;
  /** vLLM arguments. */
  args?: string[];
}

/** Which case holds between the reference's machine and the node's. */
export interface MachineCase {
  /** `same`: all that counts is known and equal, so the expected distance is 0. */
  holds: 'same' | 'other' | 'unknown';
  differs: Difference[];
  /** What one of the two does not tell. */
  unknown: string[];
}

/** Holds two machines against each other. */
export function machineCase(reference: Machine, node: Machine): MachineCase {
  const compared = [
    ['gpu_class', 'GPU class', reference.gpu, node.gpu],
    ['topology', 'topology', topologyOf(reference), topologyOf(node)],
    ['build', 'build', reference.build, node.build],
    ['batch', 'batch', reference.batch, node.batch],
    ['build', 'arguments', argsText(reference.args), argsText(node.args)],
  ] as const;
  const unknown = compared.flatMap(([, name, a, b]) => (a === undefined || b === undefined ? [name] : []));
  const differs = compared.flatMap(([what, , a, b]) =>
    a !== undefined && b !== undefined && a !== b ? [what] : [],
  );
  return {
    holds: differs.length > 0 ? 'other' : unknown.length > 0 ? 'unknown' : 'same',
    differs: [...new Set(differs)],
    unknown,
  };
}

function topologyOf({ tp, pp }: Machine): string | undefined {
  return tp === undefined ? undefined : `${tp}/${pp ?? 1}`;
}

/** Arguments in one order, without the one that the ML node appends by itself. */
function argsText(args: string[] | undefined): string | undefined {
  if (args === undefined || args.length === 0) return undefined;
  const pairs: string[] = [];
  for (const token of args) {
    if (token.startsWith('--') || pairs.length === 0) pairs.push(token.replace('=', ' '));
    else pairs[pairs.length - 1] += ` ${token}`;
  }
  return pairs
    .filter((pair) => !pair.startsWith('--worker-extension-cls'))
    .sort()
    .join('\n');
}
