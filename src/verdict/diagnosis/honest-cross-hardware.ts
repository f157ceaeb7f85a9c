import { bandText, outsideBand } from '../distribution.js';
import { distancesOf, finiteL2 } from '../measurements.js';
import { MIN_SAMPLE } from '../significance.js';
import type { DiagnosisRule } from './rule.js';

/** The mean may be above that of the band, since other pairs of hardware were not measured. */
const ROOM_SD = 1;

/** No test finds fraud, and everywhere the distances are in the honest band without being 0. */
export const honestCrossHardware: DiagnosisRule = {
  code: 'honest_cross_hardware',
  title: 'the distances are those of an honest node on other hardware',
  whyItMatters:
    'Other GPUs, another topology or another kernel change every vector a little. This is what the tolerance of the test is for.',
  examine({ observations, response, replicas, honestBand }) {
    const distances = finiteL2(observations);
    const { l2 } = distancesOf(observations);
    const fraud = response.fraud_detected || replicas.some((replica) => replica.fraud_detected);
    if (l2 === null || fraud || distances.length < MIN_SAMPLE) return null;
    const outside =
      outsideBand(distances, honestBand) !== null || replicas.some(({ far_outside }) => far_outside);
    if (outside || l2.p50 < 0.002 || l2.mean > honestBand.mean + ROOM_SD * honestBand.sd) return null;
    return {
      evidence: `L2 ${bandText(l2)} over ${distances.length} vectors, honest nodes show ${bandText(honestBand)} (${honestBand.source})`,
      advice: 'nothing to do',
    };
  },
};
