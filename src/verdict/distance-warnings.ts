import type { KnownDistances } from '../models/distances.js';
import type { ReplicaReport, ResponseReport, Warning } from '../run/report.js';
import { counted } from '../text/figures.js';
import { bandText, knownBandText, ROUNDING, SPREAD_RATIO, untellable, weightsText } from './distribution.js';
import { headsText, sideText, withoutHeadsText } from './heads-text.js';
import type { Superseded } from './input.js';
import type { JudgedDistances } from './judged-distances.js';
import type { MachineCase } from './same-machine.js';
import { firstFailingCount, power, type StatTestParams } from './stat-test.js';

export interface DistanceFacts {
  model: string | null;
  response: ResponseReport;
  replicas: ReplicaReport[];
  judged: JudgedDistances;
  known: KnownDistances | null;
  superseded: Superseded | null;
  machine: MachineCase | null;
  params: StatTestParams;
}

/** Warnings about the node that the distances give, in addition to the official test. */
export function distanceConcerns(facts: DistanceFacts): Warning[] {
  return [...outsideWarnings(facts), ...headsWarnings(facts), ...sameMachineWarnings(facts)];
}

function outsideWarnings({ known, judged, replicas }: DistanceFacts): Warning[] {
  if (known === null) return [];
  const warning = (l2: Spread, ...of: string[]): Warning => ({
    code: 'distances_far_outside',
    text: [
      ...of,
      `distances far outside the honest band: L2 ${bandText(l2)}, where ${honestText(l2, known)}`,
    ].join(': '),
    about_node: true,
    advice: 'compare weights, build and arguments with those of the reference',
  });
  const outside = replicas.filter(({ far_outside }) => far_outside);
  const { l2 } = judged;
  // Where other replicas are within the band, the fault is that of the ones outside, whatever the mean of all is.
  const areSome = outside.length > 0 && outside.length < replicas.length;
  if (judged.outside !== null && l2 !== null && !areSome) return [warning(l2)];
  return outside.flatMap(({ port, distances }) =>
    distances.l2 === null ? [] : [warning(distances.l2, `replica ${port ?? '?'}`)],
  );
}

type Spread = { mean: number; sd: number };

/** What honest nodes show: by the mean where that is too high, otherwise by the spread. */
function honestText({ mean }: Spread, { band, limit }: KnownDistances): string {
  const shown = `honest nodes of this model show ${knownBandText(band)}`;
  const above =
    mean > limit.mean
      ? `the limit of a mean is ${limit.mean.toFixed(3)}`
      : `a spread above ${(SPREAD_RATIO * band.sd).toFixed(2)} is that of a mixture`;
  return [shown, above].join('; ');
}

const UPGRADE_ADVICE =
  'serve with gonka-poc 0.1.5 or newer on that replica, as on the others; restart it and validate again';
const NODE_ADVICE = 'serve with gonka-poc 0.1.5 or newer, and validate again';
const REFERENCE_ADVICE =
  'validate with another reference: --reference FILE, or --challenge N --trusted-url URL';
const SIDE_ADVICE =
  'compare with --second-reference FILE, or with --trusted-url URL, to see which side it is; a node needs gonka-poc 0.1.5 or newer';

/** What to do about heads of batches. */
export function headsAdvice({ heads, headsSide }: Pick<JudgedDistances, 'heads' | 'headsSide'>): string {
  if (headsSide?.side === 'reference') return REFERENCE_ADVICE;
  if (headsSide === null) return SIDE_ADVICE;
  return heads?.replicas == null ? NODE_ADVICE : UPGRADE_ADVICE;
}

function headsWarnings({ judged, response, superseded }: DistanceFacts): Warning[] {
  const { heads, headless } = judged;
  if (heads === null) return [];
  const shown = `${headsText(heads)}; ${withoutHeadsText(headless, response)}`;
  if (superseded !== null) {
    return [
      {
        code: 'heads_of_batches',
        text: `${shown}; the reference is at fault: it is superseded (${superseded.reason})`,
        about_node: false,
        ...adviceOf(superseded),
      },
    ];
  }
  const side = judged.headsSide;
  const whose = side === null ? "the node's or the reference's batches are computed wrongly" : sideText(side);
  return [
    {
      code: 'heads_of_batches',
      text: `${shown}; ${whose}`,
      about_node: side?.side !== 'reference',
      advice: headsAdvice(judged),
    },
  ];
}

/** An honest node on the same machine, build, batch and arguments repeats the reference exactly. */
function sameMachineWarnings({ machine, judged }: DistanceFacts): Warning[] {
  const { l2 } = judged;
  if (machine?.holds !== 'same' || l2 === null || l2.p50 <= ROUNDING) return [];
  return [
    {
      code: 'not_the_same_as_the_reference',
      text: `not the same as the reference: GPU class, topology, build, batch and arguments are equal, and the distances are ${bandText(l2)} where 0 is expected`,
      about_node: true,
      advice: 'check whether build, batch or weights differ from what the node reports',
    },
  ];
}

/**
 * What the distances cannot show, or show only with a margin. It concerns the run and does not count against
 * the node.
 */
export function distanceNotes(facts: DistanceFacts, verdict: string): Warning[] {
  return [
    ...supersededNotes(facts),
    ...unknownBandNotes(facts),
    ...(verdict === 'PASS' ? untellableNotes(facts) : []),
    ...edgeNotes(facts),
  ];
}

function supersededNotes({ superseded, judged }: DistanceFacts): Warning[] {
  if (superseded === null || judged.heads !== null) return [];
  const text = `the reference is superseded: ${superseded.reason}`;
  return [{ code: 'reference_superseded', text, about_node: false, ...adviceOf(superseded) }];
}

function adviceOf({ successor }: Superseded): Pick<Warning, 'advice'> {
  return successor === undefined ? {} : { advice: `validate with --reference ${successor}` };
}

function unknownBandNotes({ known, model }: DistanceFacts): Warning[] {
  if (known !== null) return [];
  return [
    {
      code: 'no_honest_band',
      text: `no honest distances of ${model ?? 'this model'} are known, so that only the official test judges them`,
      about_node: false,
      advice:
        'make them known from two or more honest nodes: assay calibrate --honest A B --apply FILE, a reference or a model file',
    },
  ];
}

/**
 * Names the weights that this PASS does not rule out. If a node repeats the reference bit for bit, other
 * weights are ruled out.
 */
function untellableNotes({ known, judged }: DistanceFacts): Warning[] {
  const { l2 } = judged;
  const near = known === null ? [] : untellable(known);
  if (known === null || near.length === 0 || (l2 !== null && l2.p50 <= ROUNDING)) return [];
  return [
    {
      code: 'not_distinguishable',
      text: `with this reference an honest node (${knownBandText(known.band)}) cannot be told from one with ${near.map(weightsText).join(', ')}`,
      about_node: false,
      advice:
        'a reference from the same GPU class, build and batch separates them: an honest node repeats it to the bit',
    },
  ];
}

/** If the count is within so many standard errors of the limit, another run may give the other verdict. */
const EDGE_ERRORS = 2;

function edgeNotes({ response, params }: DistanceFacts): Warning[] {
  const { n_total, n_mismatch } = response;
  const failing = firstFailingCount(n_total, params);
  if (failing === null || n_mismatch === 0) return [];
  const rate = n_mismatch / n_total;
  const error = Math.sqrt(n_total * rate * (1 - rate));
  if (Math.abs(n_mismatch - failing) > EDGE_ERRORS * error) return [];
  const fails = Math.round(100 * power(n_total, params, rate));
  return [
    {
      code: 'near_the_edge',
      text: `${n_mismatch} of ${counted(n_total, 'nonce')} is near the edge of ${failing}: an honest node of such a rate (${(100 * rate).toFixed(1)} %) fails ${fails} of 100 such tests`,
      about_node: false,
    },
  ];
}
