import ndarray from 'ndarray';
import { knownDistances } from '../../src/models/distances.js';
import { findModel } from '../../src/models/load.js';
import type { Observation } from '../../src/run/observation.js';
import { resolveStatTest } from '../../src/run/thresholds.js';
import { encodeVector } from '../../src/schemes/half-base64.js';
import type { JudgeInput } from '../../src/verdict/input.js';
import { judge } from '../../src/verdict/judge.js';
import type { BenchItem } from './item.js';
import { KIMI } from './simulated.js';

const K_DIM = 12;
const REPLICAS = 64;
const NONCES = 2_000;
const THRESHOLDS = { dist_threshold: 0.4, p_mismatch: 0.1, fraud_threshold: 0.05 };

const known = await findModel(KIMI);

/** A run in which each replica answered every nonce, at distances that look random and are the same each time. */
function inputOf(replicas: number, nonces: number): JudgeInput {
  const list = Array.from({ length: nonces }, (_, nonce) => nonce);
  const vector = Float32Array.from({ length: K_DIM }, () => 1 / Math.sqrt(K_DIM));
  const vector_b64 = encodeVector(vector);
  const observations = Array.from({ length: replicas }, (_, replica) =>
    list.map((nonce): Observation => {
      const l2 = 0.1 + 0.15 * Math.abs(Math.sin(7 * nonce + 3 * replica));
      return {
        ...{ nonce, vector_b64, l2, cosine_distance: l2 ** 2 / 2, mismatch: false, why: null },
        ...{ replica: 5001 + replica, request: null, batch: Math.floor(nonce / 32), latency_s: 1 },
      };
    }),
  ).flat();
  return {
    ...{ nonces: list, observations, unansweredNonces: [], coverage: 'every-replica', rotation: null },
    statTest: resolveStatTest([{ source: 'golden', values: THRESHOLDS }]),
    ...{ model: KIMI, known: known === null ? null : knownDistances(known.file), superseded: null },
    ...{ machine: null, selfCheck: null, strict: true, second: null, deployMismatch: null, warnings: [] },
    reference: { nonces: list, vectors: ndarray(new Float32Array(nonces * K_DIM), [nonces, K_DIM]) },
  };
}

let many: JudgeInput;
let one: JudgeInput;

/** What the verdict costs must not grow with the number of replicas, but with what they answered. */
export const judging: BenchItem = {
  name: 'judge-64x2000',
  title: `judging ${REPLICAS} replicas × ${NONCES} nonces`,
  yardstick: `judging one replica × ${REPLICAS * NONCES} nonces`,
  rounds: 2,
  allowed: (seconds) => 1.3 * seconds,
  async prepare() {
    many = inputOf(REPLICAS, NONCES);
    one = inputOf(1, REPLICAS * NONCES);
  },
  measure: async () => ({
    seconds: secondsOf(() => judge(many)),
    figures: { 'memory in use': `${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB` },
  }),
  measureYardstick: async () => secondsOf(() => judge(one)),
};

function secondsOf(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}
