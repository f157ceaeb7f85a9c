import { messageOf } from '../../errors.js';
import { queueError } from './redis.js';
import type { RedisAddress } from './redis-address.js';

/** These errors are about a job and not about the connection: the lease reports them to the job. */
const OF_A_JOB =
  /could not renew lock|Missing (?:lock|key) for job|Lock mismatch|is not in the active state/i;

const FULL = /Redis is full/;

/** Reports an outage of the queue once, although many calls fail, and reports its end. */
export function outages(redis: RedisAddress, say: (text: string) => void) {
  let told: string | undefined;
  return {
    seen(error: unknown) {
      if (OF_A_JOB.test(messageOf(error))) return;
      const { message } = queueError(error, redis);
      // The same outage has many errors: refused, reset, timed out.
      const kind = message.replace(/ \(.*\)$/s, '');
      if (kind === told) return;
      told = kind;
      say(`${message}; trying again`);
    },
    /** @param tookIt whether the queue stored something; a full queue does not, although it answers */
    over(tookIt = true) {
      if (!tookIt && told !== undefined && FULL.test(told)) return;
      if (told !== undefined) say(`queue ${redis.shown}: back`);
      told = undefined;
    },
  };
}
