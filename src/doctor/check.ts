import type { DoctorFacts, MlNodeFacts } from './facts.js';

/** A finding of a check; `unknown` is neither good nor bad, and says how to make it known. */
export interface DoctorFinding {
  state: 'ok' | 'warn' | 'fail' | 'unknown';
  /** The finding, in a phrase. */
  text: string;
  /** The command or the action that fixes it. */
  advice?: string;
}

/** One thing that must be in order. */
export interface DoctorCheck {
  /** Name for `--json` and for people. */
  name: string;
  title: string;
  whyItMatters: string;
  /** A failure means that there is not enough time, and not that something is missing. */
  isTime?: true;
  /** One finding for each node or thing; none if nothing was given for it. */
  judge(facts: DoctorFacts): DoctorFinding[];
}

/**
 * A check of each ML node that this machine reaches; another check reports the nodes that it does not reach.
 */
export function ofReachedNodes(
  { mlNodes }: DoctorFacts,
  judge: (node: MlNodeFacts) => DoctorFinding | null,
): DoctorFinding[] {
  return mlNodes.flatMap((node) => {
    if ('unknown' in node.reached) return [];
    const finding = judge(node);
    if (finding === null) return [];
    return [{ ...finding, text: mlNodes.length > 1 ? `${node.name}: ${finding.text}` : finding.text }];
  });
}

export function unknown(why: string, advice?: string): DoctorFinding {
  return { state: 'unknown', text: `not known: ${why}`, ...(advice !== undefined && { advice }) };
}
