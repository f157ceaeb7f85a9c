import { deployPhase } from './deploy.js';
import { downloadPhase } from './download.js';
import { engineCheckPhase } from './engine-check.js';
import type { Phase } from './phase.js';
import { preflightPhase } from './preflight.js';
import { probePhase } from './probe.js';
import { selfCheckPhase } from './self-check.js';
import { throughputPhase } from './throughput.js';

/** What is done with a node, in this order, before it is judged. */
export const phases: Phase[] = [
  preflightPhase,
  downloadPhase,
  deployPhase,
  throughputPhase,
  probePhase,
  selfCheckPhase,
  engineCheckPhase,
];
