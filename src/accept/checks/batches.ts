import { AssayError } from '../../errors.js';
import { counted } from '../../text/figures.js';
import { knownBandText } from '../../verdict/distribution.js';
import { type AcceptInputs, defineCheck } from '../check.js';
import type { ImageFinding } from '../model.js';
import { type Apart, apart, apartText, askVectors, byReplica, someNonces } from '../vectors.js';

const NONCES = 64;
const SIZES = [1, 8, 16, 32, null];

interface Facts {
  /** Size and order of the batch with which the others are compared. */
  base: string;
  asked: { batch: string; port: number | null; apart: Apart }[];
  /** Batches that the node refused, with its error. */
  refused: { batch: string; reason: string }[];
}

export const batchesCheck = defineCheck<Facts>({
  name: 'batches',
  title: 'Vectors stay within the honest band in every batch',
  why: 'Validators use other batches than the node. A vector that depends on its batch is a mismatch for them.',
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
  judge({ base, asked, refused }, { known }) {
    const ports = [...new Set(asked.map(({ port }) => port))];
    return [
      ...ports.map((port) => judgeReplica(port, base, asked, known)),
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

/** Another batch may change a vector at most as much as honest nodes differ from each other. */
function judgeReplica(
  port: number | null,
  base: string,
  asked: Facts['asked'],
  known: AcceptInputs['known'],
): ImageFinding {
  const own = asked.filter((one) => one.port === port);
  const of = (outcome: ImageFinding['outcome'], told: string, advice?: string): ImageFinding => ({
    replica: port,
    outcome,
    evidence: `against ${base}: ${told}`,
    ...(advice !== undefined && { advice }),
  });
  const failed = own.filter((one) => one.apart.fraudDetected || one.apart.outside !== null);
  if (failed.length > 0) {
    const told = failed.map(
      ({ batch, apart: one }) => `${batch}: ${apartText(one)}${outsideText(one, known)}`,
    );
    return of('fail', told.join('; '), 'pin the batch of the engine, or look for kernels that depend on it');
  }
  const changed = own.filter((one) => one.apart.unequal > 0);
  if (changed.length === 0)
    return of('pass', `bit-equal in ${counted(own.length, 'other batch', 'other batches')}`);
  const worst = changed.reduce((a, b) => (b.apart.maxL2 > a.apart.maxL2 ? b : a));
  const told = `vectors change in ${changed.length} of ${counted(own.length, 'other batch', 'other batches')}; largest change: ${worst.batch}: ${apartText(worst.apart)}`;
  return known === null
    ? of(
        'unknown',
        `${told}; no honest distances of this model are known to hold that against`,
        'make them known from two honest nodes: assay calibrate --honest A B --apply FILE, a model file',
      )
    : of('pass', `${told}; within the honest band (${knownBandText(known.band)})`);
}

function outsideText({ outside }: Apart, known: AcceptInputs['known']): string {
  return outside === null || known === null
    ? ''
    : `: its ${outside} is outside the honest band (${knownBandText(known.band)})`;
}

function nameOf(size: number | null, isReversed: boolean): string {
  const of = size === null ? "the node's own batch" : `batches of ${size}`;
  return isReversed ? `${of}, reversed` : of;
}
