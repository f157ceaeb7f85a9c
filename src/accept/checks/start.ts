import { counted, durationText } from '../../text/figures.js';
import { defineCheck } from '../check.js';
import { rotation, usedMemoryMb } from '../generation.js';
import { lacksStartArgs, type Started, startLimitSeconds, stopModel, tryStartModel } from '../serving.js';
import { memoryText } from '../text.js';

interface Facts {
  /** null: the model did not load. */
  started: Started | null;
  failure: string | null;
  ports: number[];
  broken: number[];
  memoryMb: number | null;
  version: string | null;
  vllm: string | null;
}

export const startCheck = defineCheck<Facts>({
  name: 'start',
  title: 'The model starts with the given arguments',
  why: 'A host has few minutes between the snapshot and the PoC. An image that starts late or with fewer replicas costs weight.',
  limitSeconds: startLimitSeconds,
  lacks: lacksStartArgs,
  async gather(tester) {
    await stopModel(tester);
    const start = await tryStartModel(tester);
    const [{ ports, broken }, memoryMb, versions, state] = await Promise.all([
      rotation(tester),
      usedMemoryMb(tester),
      tester.node.versions(),
      tester.node.state(),
    ]);
    const version = versions?.version ?? state.version ?? null;
    return { ...start, ports, broken, memoryMb, version, vllm: versions?.vllm_version ?? null };
  },
  judge({ started, failure, ports, broken, memoryMb, version, vllm }) {
    if (started === null) {
      return [
        { replica: null, outcome: 'fail', evidence: failure ?? '', advice: "look into the node's log" },
      ];
    }
    const { promised, seconds } = started;
    const told = [
      `serves after ${durationText(seconds)}`,
      promised === null
        ? `${counted(ports.length, 'replica')}; the expected number is not known`
        : `${ports.length} of ${counted(promised, 'promised replica')}`,
      `node ${version ?? 'does not report its version'}, vLLM ${vllm ?? 'not known'}`,
      `GPU memory in use: ${memoryText(memoryMb)}`,
    ].join('; ');
    const isWhole = promised === null || ports.length >= promised;
    return [
      {
        replica: null,
        outcome: isWhole ? 'pass' : 'fail',
        evidence: told,
        ...(!isWhole && { advice: "look into the node's log for the replicas that are missing" }),
      },
      ...ports.map((port) => ({ replica: port, outcome: 'pass' as const, evidence: 'in rotation' })),
      ...broken.map((port) => ({
        replica: port,
        outcome: 'fail' as const,
        evidence: 'the node lists it with an error',
      })),
    ];
  },
});
