import { counted } from '../../text/figures.js';
import {
  bandText,
  distancesByNonce,
  knownBandText,
  outsideBand,
  untellable,
  weightsText,
} from '../distribution.js';
import { distancesOf } from '../measurements.js';
import { MIN_SAMPLE } from '../significance.js';
import type { DiagnosisRule } from './rule.js';

/** The mean may be above the highest known mean, since other pairs of hardware were not measured. */
const ROOM = 1.2;

/** No test finds fraud, and all distances are in the honest band without being 0. */
export const honestCrossHardware: DiagnosisRule = {
  code: 'honest_cross_hardware',
  title: 'the distances are those of an honest node on other hardware',
  whyItMatters:
    'Other GPUs, another topology or another kernel change every vector a little. This is what the tolerance of the test is for.',
  examine({ rest, response, replicas, known, machine, partCount }) {
    // On the reference's own machine, build, batch and arguments such distances are a finding.
    if (known === null || machine?.holds === 'same') return null;
    const distances = distancesByNonce(rest);
    const { l2 } = distancesOf(rest);
    const fraud = response.fraud_detected || replicas.some((replica) => replica.fraud_detected);
    if (l2 === null || fraud || distances.length < MIN_SAMPLE) return null;
    const outside =
      outsideBand(distances, known, partCount) !== null || replicas.some(({ far_outside }) => far_outside);
    if (outside || l2.p50 < 0.002 || l2.mean > ROOM * known.band.high) return null;
    const honest = `L2 ${bandText(l2)} over ${counted(distances.length, 'vector')}, honest nodes of this model show ${knownBandText(known.band)} (${known.band.source})`;
    const near = untellable(known);
    if (near.length === 0) return { evidence: honest, advice: 'nothing to do' };
    return {
      evidence: `${honest}; as near are ${near.map(weightsText).join(', ')}`,
      advice:
        'nothing to do; to rule those weights out, use a reference from the same GPU class, build and batch',
    };
  },
};
