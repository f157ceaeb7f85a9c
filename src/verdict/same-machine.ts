import type { Difference } from '../models/model-file.js';
import type { BandOf, Machine } from '../run/report.js';

/** How the node's machine compares with the reference's. */
export interface MachineCase {
  /** `same`: everything that matters is known and equal, so the expected distance is 0. */
  holds: 'same' | 'other' | 'unknown';
  /** What is known to differ, in words. */
  differs: string[];
  /** What is unknown for one of the two, in words. */
  unknown: string[];
  /** What differs or may differ: everything that is not known to be equal. */
  mayDiffer: Difference[];
  /** Whose band the run is compared with; absent without a band. */
  bandOf?: BandOf | undefined;
}

/** Compares two machines. */
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

/** Arguments in one order, without the argument that the ML node itself appends. */
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
