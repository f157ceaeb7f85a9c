import { AssayError } from '../../errors.js';
import { defineCheck } from '../check.js';
import type { ImageFinding } from '../model.js';
import { type Apart, apart, apartText, askVectors, byReplica, someNonces } from '../vectors.js';

const NONCES = 64;
const SIZES = [1, 8, 16, 32, null];

interface Facts {
  /** Size and order that the others are compared with. */
  base: string;
  asked: { batch: string; port: number | null; apart: Apart }[];
  /** Batches that the node did not take, with what it said. */
  refused: { batch: string; reason: string }[];
}

export const batchesCheck = defineCheck<Facts>({
  name: 'batches',
  title: 'Vectors stay within the gate whatever the batch',
  why: 'Validators ask in other batches than the node generates in: a vector that depends on its batch is a mismatch.',
  limitSeconds: () => 1_800,
  async gather(tester) {
    const { inputs } = tester;
    const nonces = someNonces(inputs, NONCES);
    const ask = async (batchSize: number | null, order: number[]) =>
      byReplica(await askVectors(tester, { nonces: order, batchSize, coverage: 'every-replica' }), nonces);
    const baseSize = inputs.reference.file.collection_batch_size ?? 32;
    const base = await ask(baseSize, nonces);
    const facts: Facts = { base: nameOf(baseSize, false), asked: [], refused: [] };
    for (const size of SIZES) {
      for (const isReversed of [false, true]) {
        if (size === baseSize && !isReversed) continue;
        const batch = nameOf(size, isReversed);
        try {
          const found = await ask(size, isReversed ? [...nonces].reverse() : nonces);
          for (const [port, vectors] of found)
            facts.asked.push({ batch, port, apart: apart(base.get(port) ?? new Map(), vectors, inputs) });
        } catch (error) {
          if (!(error instanceof AssayError) || tester.signal.aborted) throw error;
          facts.refused.push({ batch, reason: error.message });
        }
      }
    }
    return facts;
  },
  judge({ base, asked, refused }) {
    const ports = [...new Set(asked.map(({ port }) => port))];
    return [
      ...ports.map((port): ImageFinding => {
        const own = asked.filter((one) => one.port === port);
        const failed = own.filter((one) => one.apart.fraudDetected);
        const worst = own.reduce((a, b) => (b.apart.maxL2 > a.apart.maxL2 ? b : a));
        const changed = own.filter((one) => one.apart.unequal > 0);
        const told =
          failed.length > 0
            ? failed.map((one) => `${one.batch}: ${apartText(one.apart)}`).join('; ')
            : changed.length === 0
              ? `bit-equal in all ${own.length} other batches`
              : `${changed.length} of ${own.length} other batches change vectors; most ${worst.batch}: ${apartText(worst.apart)}`;
        return {
          replica: port,
          outcome: failed.length > 0 ? 'fail' : 'pass',
          evidence: `against ${base}: ${told}`,
          ...(failed.length > 0 && {
            advice: 'pin the batch of the engine, or look for kernels that depend on it',
          }),
        };
      }),
      ...refused.map(
        ({ batch, reason }): ImageFinding => ({
          replica: null,
          outcome: 'fail',
          evidence: `${batch}: ${reason}`,
          advice: 'a node takes every batch_size above 0',
        }),
      ),
    ];
  },
});

function nameOf(size: number | null, isReversed: boolean): string {
  const of = size === null ? "the node's own batch" : `batches of ${size}`;
  return isReversed ? `${of}, reversed` : of;
}
