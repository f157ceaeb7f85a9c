import { defineCheck } from '../check.js';
import type { ImageFinding } from '../model.js';
import { type Apart, apart, apartText, askVectors, byReplica, someNonces } from '../vectors.js';

/** Enough to show a fault at the heads of batches, and a few seconds on a GPU. */
const NONCES = 128;
const BATCH = 32;

interface Facts {
  /** Each replica against itself. */
  again: { port: number | null; apart: Apart }[];
  /** The replicas against each other, by the first answer. */
  across: { a: number | null; b: number | null; apart: Apart }[];
}

export const repeatableCheck = defineCheck<Facts>({
  name: 'repeatable',
  title: 'The same nonces give the same vectors, on every replica',
  why: 'A node that does not agree with itself cannot agree with its validators.',
  limitSeconds: () => 900,
  async gather(tester) {
    const { inputs } = tester;
    const nonces = someNonces(inputs, NONCES);
    const request = {
      nonces,
      batchSize: inputs.reference.file.collection_batch_size ?? BATCH,
      coverage: 'every-replica' as const,
    };
    const first = byReplica(await askVectors(tester, request), nonces);
    const second = byReplica(await askVectors(tester, request), nonces);
    const compare = (a: Map<number, string | null>, b: Map<number, string | null>) =>
      apart(a, b, inputs, request.batchSize);
    const none = new Map<number, string | null>();
    const ports = [...first.keys()];
    return {
      again: ports.map((port) => ({
        port,
        apart: compare(first.get(port) ?? none, second.get(port) ?? none),
      })),
      across: ports.flatMap((a, at) =>
        ports
          .slice(at + 1)
          .map((b) => ({ a, b, apart: compare(first.get(a) ?? none, first.get(b) ?? none) })),
      ),
    };
  },
  judge({ again, across }) {
    return [
      ...again.map(({ port, apart: own }): ImageFinding => {
        // Same engine, same batch: the vectors should be bit-equal, so a difference is at best below the
        // threshold.
        const isApart = own.beyond > 0;
        return {
          replica: port,
          outcome: isApart ? 'fail' : 'pass',
          evidence: `asked twice: ${apartText(own)}`,
          ...(isApart && { advice: adviceFor(own) }),
        };
      }),
      ...across.map(
        ({ a, b, apart: pair }): ImageFinding => ({
          replica: null,
          outcome: pair.fraudDetected ? 'fail' : 'pass',
          evidence: `replicas ${a} and ${b}: ${apartText(pair)}`,
          ...(pair.fraudDetected && {
            advice: 'compare each replica with the reference to find the wrong one',
          }),
        }),
      ),
    ];
  },
});

function adviceFor({ places }: Apart): string {
  return places.every((place) => place % 8 === 0)
    ? 'only the first places of batches differ: check whether the build computes the first sequence of a batch wrongly'
    : 'look for what differs from run to run in the build: kernels, a cache, an overclocked GPU';
}
