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
  /** What is known to differ, in words. */
  differs: string[];
  /** What one of the two does not tell, in words. */
  unknown: string[];
  /** What differs, or may, since it is not known: all that is not known to be equal. */
  mayDiffer: Difference[];
}

/** Holds two machines against each other. */
export function machineCase(reference: Machine, node: Machine): MachineCase {
  const compared = [
    { kind: 'gpu_class', name: 'GPU class', pair: [reference.gpu, node.gpu] },
    { kind: 'topology', name: 'topology', pair: [topologyOf(reference), topologyOf(node)] },
    { kind: 'build', name: 'build', pair: [reference.build, node.build] },
    { kind: 'batch', name: 'batch', pair: [reference.batch, node.batch] },
    { kind: 'build', name: 'arguments', pair: [argsText(reference.args), argsText(node.args)] },
  ] as const;
  const isUnknown = ({ pair }: (typeof compared)[number]) => pair.includes(undefined);
  const unknown = compared.filter(isUnknown);
  const differing = compared.filter((one) => !isUnknown(one) && one.pair[0] !== one.pair[1]);
  return {
    holds: differing.length > 0 ? 'other' : unknown.length > 0 ? 'unknown' : 'same',
    differs: differing.map(({ name }) => name),
    unknown: unknown.map(({ name }) => name),
    mayDiffer: [...new Set([...differing, ...unknown].map(({ kind }) => kind))],
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
