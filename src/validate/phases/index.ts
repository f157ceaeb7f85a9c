import { deployPhase } from './deploy.js';
import { downloadPhase } from './download.js';
import { engineCheckPhase } from './engine-check.js';
import type { Phase } from './phase.js';
import { preflightPhase } from './preflight.js';
import { probePhase } from './probe.js';
import { selfCheckPhase } from './self-check.js';
import { throughputPhase } from './throughput.js';

/** The phases of a validation, in this order, before the verdict. */
export const phases: Phase[] = [
  preflightPhase,
  downloadPhase,
  deployPhase,
  throughputPhase,
  probePhase,
  selfCheckPhase,
  engineCheckPhase,
];
