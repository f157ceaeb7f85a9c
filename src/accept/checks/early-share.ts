import { percentText } from '../../text/figures.js';
import { defineCheck } from '../check.js';
import { type CounterLook, firstNonceSeconds, generate, requireRotation } from '../generation.js';
import type { ImageFinding } from '../model.js';

/**
 * The network's guard counts less than half of the median share as a miss; a steady generation has a third.
 */
const LEAST_SHARE = 1 / 6;

interface Facts {
  seconds: number;
  replicas: { port: number; firstNonceSeconds: number | null; firstThird: number; total: number }[];
}

export const earlyShareCheck = defineCheck<Facts>({
  name: 'early-share',
  title: 'A PoC computes from its start',
  why: 'The network counts what a host committed in the first third of a PoC. Less than half of the median share is a miss.',
  limitSeconds: ({ measureSeconds }) => measureSeconds + 180,
  async gather(tester) {
    const ports = await requireRotation(tester);
    const seconds = tester.inputs.measureSeconds;
    const { looks } = await generate(tester, seconds);
    return {
      seconds,
      replicas: ports.map((port) => ({
        port,
        firstNonceSeconds: firstNonceSeconds(looks, port),
        firstThird: countAt(looks, port, seconds / 3),
        total: countAt(looks, port, Number.POSITIVE_INFINITY),
      })),
    };
  },
  judge: ({ seconds, replicas }) =>
    replicas.map(({ port, firstNonceSeconds: first, firstThird, total }): ImageFinding => {
      if (first === null || total === 0) {
        return {
          replica: port,
          outcome: 'fail',
          evidence: `no nonce within ${seconds} s`,
          advice: "look into the node's log for a hung engine",
        };
      }
      const share = firstThird / total;
      const isLate = share < LEAST_SHARE;
      return {
        replica: port,
        outcome: isLate ? 'fail' : 'pass',
        evidence: `first nonce seen after ${first.toFixed(1)} s; ${percentText(share)} of ${total} nonces in the first third of ${seconds} s`,
        ...(isLate && {
          advice: 'check what a PoC does before its first batch: graphs, a cache, a warm-up',
        }),
      };
    }),
});

/** The counter of a replica at the last poll before this time. */
function countAt(looks: readonly CounterLook[], port: number, until: number): number {
  const last = looks.filter(({ receivedS }) => receivedS <= until).at(-1);
  return last?.replicas.find((replica) => replica.port === port)?.processed ?? 0;
}
