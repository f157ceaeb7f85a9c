import { counted, durationText } from '../../text/figures.js';
import { defineCheck } from '../check.js';
import type { ImageFinding } from '../model.js';
import { lacksStartArgs, type Started, startLimitSeconds, stopModel, tryStartModel } from '../serving.js';
import { type Apart, apart, apartText, askVectors, byReplica, someNonces } from '../vectors.js';

const NONCES = 64;
const BATCH = 32;

interface Facts {
  before: (number | null)[];
  /** null: the model did not load. */
  started: Started | null;
  failure: string | null;
  /** Each replica after the restart, compared with itself before. */
  after: { port: number | null; apart: Apart }[];
}

export const restartCheck = defineCheck<Facts>({
  name: 'restart',
  title: 'The vectors are the same after a restart of the model',
  why: 'A node may restart in the middle of an epoch. Its commits must stay valid.',
  limitSeconds: (inputs) => startLimitSeconds(inputs) + 900,
  lacks: lacksStartArgs,
  async gather(tester) {
    const { inputs } = tester;
    const nonces = someNonces(inputs, NONCES);
    const batchSize = inputs.reference.file.collection_batch_size ?? BATCH;
    const ask = async () =>
      byReplica(await askVectors(tester, { nonces, batchSize, coverage: 'every-replica' }), nonces);
    const before = await ask();
    await stopModel(tester);
    const start = await tryStartModel(tester);
    const after = start.started === null ? new Map<number | null, Map<number, string | null>>() : await ask();
    return {
      before: [...before.keys()],
      ...start,
      after: [...after].map(([port, vectors]) => {
        // The ports may be assigned differently: then any earlier replica is used.
        const own = before.get(port) ?? [...before.values()][0] ?? new Map<number, string | null>();
        return { port, apart: apart(own, vectors, inputs, batchSize) };
      }),
    };
  },
  judge({ before, started, failure, after }) {
    if (started === null) {
      return [
        { replica: null, outcome: 'fail', evidence: failure ?? '', advice: "look into the node's log" },
      ];
    }
    const isWhole = after.length >= before.length;
    return [
      {
        replica: null,
        outcome: isWhole ? 'pass' : 'fail',
        evidence: `serves again after ${durationText(started.seconds)}; ${after.length} of ${counted(before.length, 'replica')} answered`,
        ...(!isWhole && { advice: "look into the node's log for the replicas that are missing" }),
      },
      ...after.map(({ port, apart: own }): ImageFinding => {
        const isApart = own.fraudDetected;
        return {
          replica: port,
          outcome: isApart ? 'fail' : 'pass',
          evidence: `before and after: ${apartText(own)}`,
          ...(isApart && {
            advice: 'check what differs between two starts: seeds, autotuned kernels, weights',
          }),
        };
      }),
    ];
  },
});
