import type { DoctorFacts, MlNodeFacts } from './facts.js';

/** What a check found; `unknown` is neither good nor bad, and says how to make it known. */
export interface DoctorFinding {
  state: 'ok' | 'warn' | 'fail' | 'unknown';
  /** What was found, in a phrase. */
  text: string;
  /** The command or the act that mends it. */
  advice?: string;
}

/** One thing that must be in order. */
export interface DoctorCheck {
  /** For `--json` and for people. */
  name: string;
  title: string;
  whyItMatters: string;
  /** Its failure means that there is not enough time, and not that something is missing. */
  isTime?: true;
  /** One finding for each node or thing that it is about; none where nothing was given for it. */
  judge(facts: DoctorFacts): DoctorFinding[];
}

/** A check of each ML node that this machine reaches; another check tells of those that it does not. */
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
