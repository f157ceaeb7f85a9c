import { execa } from 'execa';
import type { ValidateReport } from '../../src/run/report.js';
import type { BenchItem } from './item.js';
import { assayPath } from './process.js';
import { DEEPGEMM, KIMI, probeOnly, type SimulatedSetting, simulated } from './simulated.js';

const BATCH_SIZE = 32;

/** The probe phase of `assay validate`, against the least time that the replicas need. */
function probing(
  reference: string,
  nonces: number,
  replicas: number,
  batchSeconds: number,
  rounds: number,
  allowed: (limit: number) => number,
): BenchItem {
  const batches = Math.ceil(nonces / BATCH_SIZE);
  const requests = requestsToCover(nonces, batches, replicas);
  const limit = Math.ceil(requests / replicas) * batchSeconds;
  let setting: SimulatedSetting;
  return {
    name: `probe-${nonces}-${replicas}r-${batchSeconds * 1000}ms`,
    title: `probing ${nonces} nonces, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}, ${batchSeconds} s a batch`,
    yardstick: `the limit ceil(${requests}/${replicas})·${batchSeconds} s`,
    rounds,
    allowed,
    async prepare() {
      setting = await simulated(reference, replicas, 1000 * batchSeconds);
    },
    async measure() {
      const looks = () => setting.node.requests['GET /inference/pow/generate/{request_id}'] ?? 0;
      const before = looks();
      const { stdout } = await execa(process.execPath, [assayPath, ...probeOnly(setting)], {
        stderr: 'ignore',
      });
      const { validation } = JSON.parse(stdout) as ValidateReport;
      if (validation?.response.n_total !== nonces) throw new Error('not every nonce was measured');
      return {
        seconds: validation.elapsed_s,
        figures: { 'polls a batch': ((looks() - before) / batches).toFixed(1) },
      };
    },
    measureYardstick: async () => limit,
    cleanUp: () => setting.close(),
  };
}

/** Requests in turn until each batch is answered, and each replica has answered a full one. */
function requestsToCover(nonces: number, batches: number, replicas: number): number {
  const full = Math.floor(nonces / BATCH_SIZE);
  if (full >= replicas) return batches;
  // The replica of the short batch is asked again when its turn comes.
  return full === batches ? replicas : full + 1 + replicas;
}

export const probingItems: BenchItem[] = [
  ...[1, 2, 8].flatMap((replicas) =>
    [0.02, 0.25, 2].map((seconds) =>
      probing(KIMI, 200, replicas, seconds, seconds > 1 ? 3 : 7, (limit) => 1.05 * limit + 0.3),
    ),
  ),
  probing(DEEPGEMM, 2000, 2, 1.2, 2, (limit) => 1.03 * limit),
];
