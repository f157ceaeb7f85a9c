import { counted } from '../../text/figures.js';
import { type DoctorCheck, ofReachedNodes, unknown } from '../check.js';

/** A GPU that the node calls unavailable serves nothing. */
export const gpus: DoctorCheck = {
  name: 'gpus',
  title: 'GPUs are available',
  whyItMatters: 'A lost GPU costs a replica, and with it a part of the weight.',
  judge: (facts) =>
    ofReachedNodes(facts, ({ gpus: told, metrics }) => {
      if ('unknown' in told) return unknown(told.unknown);
      if (told.value === null) return unknown("the node's version does not report its GPUs");
      const { count, classes, lost } = told.value;
      const xid = 'value' in metrics && metrics.value !== null ? metrics.value.xidEvents : [];
      const text = `${counted(count, 'GPU')}${classes.length > 0 ? ` (${classes.join(', ')})` : ''}`;
      if (count === 0 || lost.length > 0) {
        return {
          state: 'fail',
          text: [text, ...lost].join('; '),
          advice: 'look at `nvidia-smi` on the machine, and restart it',
        };
      }
      if (xid.length > 0) {
        return {
          state: 'warn',
          text: `${text}; the driver reported errors: XID ${xid.map((event) => event.xid).join(', ')}`,
          advice: 'look at `dmesg` on the machine',
        };
      }
      return { state: 'ok', text };
    }),
};
