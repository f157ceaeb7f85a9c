import {
  type Consequence,
  consequenceOf,
  FAILED_BATCH_RETRIES,
  LOST_BATCH_RETRIES,
  type Phase,
} from '../../../src/batches/consequences.js';
import { type RequestKind, retriesOf } from '../../../src/http/policy.js';
import type { ValidateOptions, ValidatePhase } from '../../../src/validate/options.js';
import type { Fault } from './faults.js';

/** A place in a run where a fault strikes. */
export interface Station {
  name: string;
  /** The row of the policy. */
  phase: Phase;
  kind: RequestKind;
  /** While the run is in this phase, or before its phases, while a trusted node computes a challenge … */
  during: ValidatePhase | typeof CHALLENGE;
  /** … and has got as many answers to requests of this kind … */
  after?: [count: number, request: RegExp];
  /** … the fault meets these. */
  strikes: RegExp;
  options: Partial<ValidateOptions>;
  /** Whether the model is up from the start. */
  up: boolean;
  /** The node that the fault is in front of; default: the one to be validated. */
  of?: 'trusted node';
  /** The run is about chains, which an engine judges: without that it has no verdict. */
  chains?: true;
  /** What is lost here, whatever the policy of the phase says of it. */
  costs?: Consequence;
  /** A fault that strikes every time is met by so many requests of the phase, one after the other, and costs more. */
  always?: { costs: Consequence; times: number };
}

/** Before the first phase. */
export const CHALLENGE = 'challenge';

const GENERATE = /^POST .*\/pow\/generate$/;
const LOOK = /^GET .*\/pow\/generate\//;
const START = /^POST .*\/pow\/init\/generate$/;
const probeOnly = { skipDownload: true, skipDeploy: true, skipThroughput: true, skipSelfCheck: true };
const throughput = { ...probeOnly, skipThroughput: false };

export const stations: Station[] = [
  {
    name: 'preflight',
    phase: 'preflight',
    kind: 'read',
    during: 'preflight',
    strikes: /^GET .*\/state$/,
    options: probeOnly,
    up: true,
  },
  {
    name: 'download',
    phase: 'download',
    kind: 'read',
    during: 'download',
    strikes: /^POST .*\/models\/status$/,
    options: { ...probeOnly, skipDownload: false, skipDeploy: false, downloadTimeoutSeconds: 5 },
    up: false,
  },
  {
    name: 'deploy',
    phase: 'deploy',
    kind: 'act',
    during: 'deploy',
    strikes: /^POST .*\/inference\/up\/async$/,
    options: { ...probeOnly, skipDeploy: false },
    up: false,
  },
  {
    name: 'replicas',
    phase: 'replicas',
    kind: 'read',
    during: 'deploy',
    after: [1, /^POST .*\/inference\/up\/async$/],
    strikes: /^GET .*\/pow\/status$/,
    options: { ...probeOnly, skipDeploy: false, deployTimeoutSeconds: 3 },
    up: false,
  },
  {
    name: 'throughput',
    phase: 'throughput',
    kind: 'act',
    during: 'throughput',
    strikes: START,
    options: throughput,
    up: true,
  },
  {
    name: 'stop',
    phase: 'stop',
    kind: 'read',
    during: 'throughput',
    after: [1, START],
    strikes: /^POST .*\/pow\/stop$/,
    options: throughput,
    up: true,
  },
  {
    name: 'probe: asking',
    phase: 'probe',
    kind: 'generate',
    during: 'probe',
    after: [2, GENERATE],
    strikes: GENERATE,
    options: probeOnly,
    up: true,
  },
  {
    name: 'probe: looking',
    phase: 'probe',
    kind: 'read',
    during: 'probe',
    after: [1, LOOK],
    strikes: LOOK,
    options: probeOnly,
    up: true,
  },
  {
    name: 'throughput: samples',
    phase: 'throughput',
    kind: 'read',
    during: 'throughput',
    after: [1, START],
    strikes: /^GET .*\/pow\/status$/,
    // Whose generation is on is asked in the same way before it is stopped.
    always: { costs: 'run', times: 2 },
    options: throughput,
    up: true,
  },
  {
    name: 'chains: asking',
    phase: 'probe',
    kind: 'generate',
    during: 'probe',
    after: [2, GENERATE],
    strikes: GENERATE,
    options: { ...probeOnly, skipSelfCheck: false },
    up: true,
    chains: true,
  },
  {
    name: 'chains: looking',
    phase: 'probe',
    kind: 'read',
    during: 'probe',
    after: [1, LOOK],
    strikes: LOOK,
    options: { ...probeOnly, skipSelfCheck: false },
    up: true,
    chains: true,
  },
  {
    name: 'chains: own check',
    phase: 'self-check',
    kind: 'generate',
    during: 'self-check',
    after: [1, GENERATE],
    strikes: GENERATE,
    options: { ...probeOnly, skipSelfCheck: false },
    up: true,
    chains: true,
  },
  {
    name: 'chains: trusted engine',
    phase: 'self-check',
    kind: 'generate',
    during: 'engine-check',
    after: [1, GENERATE],
    strikes: GENERATE,
    options: { ...probeOnly, skipSelfCheck: false },
    up: true,
    chains: true,
    of: 'trusted node',
  },
  {
    name: 'challenge: trusted node',
    phase: 'probe',
    kind: 'generate',
    during: CHALLENGE,
    after: [1, GENERATE],
    strikes: GENERATE,
    options: probeOnly,
    up: true,
    of: 'trusted node',
    costs: 'run',
  },
  {
    name: 'self-check',
    phase: 'self-check',
    kind: 'generate',
    during: 'self-check',
    after: [1, GENERATE],
    strikes: GENERATE,
    options: { ...probeOnly, skipSelfCheck: false },
    up: true,
  },
];

/** What the policy says of a fault that strikes every time. */
export interface Rule {
  /** How often a request is sent again. */
  retries: number;
  /** How often a batch is asked for again where the looks fail. */
  again: number;
  consequence: Consequence;
}

export function ruleOf({ phase, kind, strikes, costs }: Station, { outcome, status }: Fault): Rule {
  if (outcome === null) return { retries: 0, again: 0, consequence: 'nothing' };
  const consequence = costs ?? consequenceOf(phase, outcome);
  if (strikes !== LOOK) return { retries: retriesOf(outcome, kind), again: 0, consequence };
  // A request that is gone is not looked at again.
  return status === 404 || status === 502
    ? { retries: 0, again: LOST_BATCH_RETRIES, consequence }
    : {
        retries: retriesOf(outcome, kind),
        again: Math.min(FAILED_BATCH_RETRIES, retriesOf(outcome, 'generate')),
        consequence,
      };
}
