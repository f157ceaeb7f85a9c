import { type DoctorCheck, type DoctorFinding, ofReachedNodes } from '../check.js';

/** With a larger difference, blocks and PoC stages are missed. */
const MAX_SKEW_S = 5;

/** Clocks of this machine, the ML nodes and the chain agree. */
export const clock: DoctorCheck = {
  name: 'clock',
  title: 'clocks agree',
  whyItMatters: 'A node with a wrong clock starts and ends PoC at the wrong time.',
  judge(facts) {
    const nodes = ofReachedNodes(facts, ({ clockSkewS }) =>
      'unknown' in clockSkewS || clockSkewS.value === null ? null : judgeSkew('the node', clockSkewS.value),
    );
    const skew = facts.chain?.clockSkewS;
    // A block is some seconds old when it is read.
    const chain =
      skew === undefined || 'unknown' in skew ? [] : [judgeSkew('the newest block', skew.value, 60)];
    return [...nodes, ...chain];
  },
};

function judgeSkew(what: string, skewS: number, limit = MAX_SKEW_S): DoctorFinding {
  const by = Math.abs(skewS).toFixed(1);
  const text =
    skewS < 0 ? `${what} is ${by} s behind this machine` : `${what} is ${by} s ahead of this machine`;
  return Math.abs(skewS) <= limit
    ? { state: 'ok', text }
    : { state: 'fail', text, advice: 'set the clocks by NTP: timedatectl set-ntp true' };
}
