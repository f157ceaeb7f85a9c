import { isBlackwell } from '../../mlnode/gpus.js';
import { counted, durationText } from '../../text/figures.js';
import { type DoctorCheck, type DoctorFinding, unknown } from '../check.js';
import type { DoctorFacts } from '../facts.js';

/** Typical times of a start, in seconds: 17 to 27 minutes on Blackwell. */
const LOAD_S = { blackwell: 27 * 60, other: 15 * 60 };
/** Duration of a validation of some hundred vectors, with throughput. */
const VALIDATION_S = 5 * 60;

/** The time left before PoC, and what fits into it. */
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
          text: `${isConfirmationPocActive ? 'a confirmation PoC is active' : `phase ${phase}`}: weight is measured now`,
          advice: 'change and measure nothing until it ends: assay poc watch',
        },
      ];
    const blocks = stages.nextPocStart - blockHeight;
    if ('unknown' in blockTimeS)
      return [
        unknown(
          `${counted(blocks, 'block')} left, and the block time could not be measured: ${blockTimeS.unknown}`,
        ),
      ];
    return [fitting(blocks, blocks * blockTimeS.value, facts)];
  },
};

function fitting(blocks: number, secondsLeft: number, facts: DoctorFacts): DoctorFinding {
  const { both, needed } = timeNeeded(facts);
  const left = `${counted(blocks, 'block')} (about ${durationText(secondsLeft)}) until PoC`;
  const isServing = facts.mlNodes.some(({ replicas }) => 'value' in replicas && replicas.value.length > 0);
  const missing = facts.mlNodes.filter(
    ({ weights }) =>
      weights !== null &&
      'value' in weights &&
      weights.value.status !== null &&
      weights.value.status.status !== 'DOWNLOADED',
  );
  if (secondsLeft >= both && missing.length > 0)
    return {
      state: 'warn',
      text: `${left}; ${needed}: both fit, once the weights are there; how long the download on ${missing.map(({ name }) => name).join(', ')} takes is not known`,
      advice: 'start the download now: assay lifecycle run measures it',
    };
  if (secondsLeft >= both) return { state: 'ok', text: `${left}; ${needed}: both fit` };
  if (secondsLeft >= VALIDATION_S && isServing)
    return {
      state: 'warn',
      text: `${left}; ${needed}: a validation fits, a load does not`,
      advice: 'change nothing that needs a reload',
    };
  return {
    state: 'fail',
    text: `${left}; ${needed}: not enough`,
    advice: 'change nothing now, and try again after PoC',
  };
}

/** Time for a load and a validation. */
function timeNeeded({ load, mlNodes }: DoctorFacts): { both: number; needed: string } {
  if (load !== null)
    return {
      both: load.seconds,
      needed: `a load with its validation takes about ${durationText(load.seconds)} (${load.source})`,
    };
  const classes = mlNodes.flatMap(({ gpus }) => ('value' in gpus && gpus.value?.classes) || []);
  const loadS = classes.some(isBlackwell) ? LOAD_S.blackwell : LOAD_S.other;
  return {
    both: loadS + VALIDATION_S,
    needed: `a load takes about ${durationText(loadS)}, a validation about ${durationText(VALIDATION_S)} (typical, not measured)`,
  };
}
