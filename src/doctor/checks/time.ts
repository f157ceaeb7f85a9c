import { isBlackwell } from '../../mlnode/gpus.js';
import { durationText } from '../../text/figures.js';
import { type DoctorCheck, type DoctorFinding, unknown } from '../check.js';
import type { DoctorFacts } from '../facts.js';

/** Typical times of a start, in seconds: 17 to 27 minutes on Blackwell. */
const LOAD_S = { blackwell: 27 * 60, other: 15 * 60 };
/** A validation of some hundred vectors, with throughput. */
const VALIDATION_S = 5 * 60;

/** What is left before PoC, and what fits into it. */
export const time: DoctorCheck = {
  name: 'time',
  title: 'time before PoC',
  whyItMatters: 'A node that still loads when PoC starts commits nothing in this epoch.',
  isTime: true,
  judge(facts) {
    const { chain } = facts;
    if (chain === null) return [];
    const { epochs, blockTimeS } = chain;
    if ('unknown' in epochs) return [];
    const { phase, isConfirmationPocActive, stages, blockHeight } = epochs.value;
    if (phase !== 'Inference' || isConfirmationPocActive)
      return [
        {
          state: 'fail',
          text: `${isConfirmationPocActive ? 'a confirmation PoC is active' : `phase ${phase}`}: weight is being measured`,
          advice:
            'change and measure nothing until it is over: assay bootstrap wait --until phase, or assay poc watch',
        },
      ];
    const blocks = stages.nextPocStart - blockHeight;
    if ('unknown' in blockTimeS)
      return [
        unknown(`${blocks} blocks are left, and the block time could not be measured: ${blockTimeS.unknown}`),
      ];
    return [fitting(blocks, blocks * blockTimeS.value, facts)];
  },
};

function fitting(blocks: number, secondsLeft: number, facts: DoctorFacts): DoctorFinding {
  const loadS = loadTime(facts);
  const left = `${blocks} blocks (about ${durationText(secondsLeft)}) until PoC`;
  const needed = `a load takes about ${durationText(loadS)}, a validation about ${durationText(VALIDATION_S)} (typical, not measured)`;
  const isServing = facts.mlNodes.some(({ replicas }) => 'value' in replicas && replicas.value.length > 0);
  if (secondsLeft >= loadS + VALIDATION_S) return { state: 'ok', text: `${left}; ${needed}: both fit` };
  if (secondsLeft >= VALIDATION_S && isServing)
    return {
      state: 'warn',
      text: `${left}; ${needed}: a validation fits, a load does not`,
      advice: 'change nothing that has to load again',
    };
  return {
    state: 'fail',
    text: `${left}; ${needed}: not enough`,
    advice: 'leave what serves as it is, and come back after PoC',
  };
}

function loadTime({ mlNodes }: DoctorFacts): number {
  const classes = mlNodes.flatMap(({ gpus }) => ('value' in gpus && gpus.value?.classes) || []);
  return classes.some(isBlackwell) ? LOAD_S.blackwell : LOAD_S.other;
}
