import type { RecordedOn } from './recorded-on.js';
import { recordedOn, recordedOnText } from './recorded-on.js';
import type { GoldenReference } from './reference.js';

/** The hardware and topology of a node, as far as they are known. */
export type NodeHardware = Pick<RecordedOn, 'gpu' | 'tensorParallel' | 'pipelineParallel'>;

/** A reference, and why it was chosen. */
export interface ChosenReference {
  reference: GoldenReference;
  why: string;
}

/**
 * Chooses the reference whose hardware and topology fit the node's, among the references of one model. The
 * GPU class counts most, then the parallel sizes. Where none fits better than the others, the first is taken.
 *
 * @param references of one model, the default one first; at least one
 * @param node null where nothing is known of the node
 */
export function chooseVariant(references: GoldenReference[], node: NodeHardware | null): ChosenReference {
  const [only, ...others] = references;
  if (only === undefined) throw new Error('no reference to choose from');
  if (others.length === 0) return { reference: only, why: `the only one of ${only.file.model}` };
  const scored = references.map((reference) => ({
    reference,
    score: scoreOf(recordedOn(reference.file), node),
  }));
  const best = scored.reduce((chosen, each) => (each.score > chosen.score ? each : chosen));
  return { reference: best.reference, why: reasonOf(recordedOn(best.reference.file), node) };
}

function scoreOf(recorded: RecordedOn, node: NodeHardware | null): number {
  if (node === null) return 0;
  const compare = (a: unknown, b: unknown, weight: number) =>
    a === null || b === null ? 0 : a === b ? weight : -weight;
  return (
    compare(recorded.gpu, node.gpu, 4) +
    compare(recorded.tensorParallel, node.tensorParallel, 2) +
    compare(recorded.pipelineParallel ?? 1, node.pipelineParallel, 1)
  );
}

function reasonOf(recorded: RecordedOn, node: NodeHardware | null): string {
  const where = `recorded on ${recordedOnText(recorded)}`;
  if (node === null || (node.gpu === null && node.tensorParallel === null))
    return `the default, ${where}: the node's GPUs and topology are not known`;
  const own = recordedOnText({ ...node, gpus: null });
  const isSame = (a: unknown, b: unknown) => a !== null && a === b;
  if (node.gpu !== null && !isSame(recorded.gpu, node.gpu))
    return `${where}: none of this model is known to be recorded on the node's ${own}`;
  if (isSame(recorded.gpu, node.gpu) && node.tensorParallel === null)
    return `${where}, the node's GPU class; its topology is not known`;
  if (!isSame(recorded.tensorParallel, node.tensorParallel))
    return `${where}, the nearest to the node's ${own}`;
  return `${where}, as the node's ${own}`;
}
