import type { DiagnosisRule } from './rule.js';

/** Throughput or probe saw no progress: the warning that they gave is the evidence. */
export const engineStandsStill: DiagnosisRule = {
  code: 'engine_stands_still',
  title: 'the engine of a replica stands still',
  whyItMatters:
    'A hung engine takes requests and answers none, in a PoC as well: the replica earns nothing until it is restarted.',
  examine({ warnings }) {
    const still = warnings.filter(({ code }) => code === 'engine_stands_still');
    if (still.length === 0) return null;
    return {
      evidence: still.map(({ text }) => text).join('; '),
      advice: "look into the node's log for a hung engine, and restart its process",
    };
  },
};
