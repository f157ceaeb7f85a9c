import { messageOf } from '../../errors.js';
import { queueError } from './redis.js';
import type { RedisAddress } from './redis-address.js';

/** Not of the connection: the lease tells the job itself. */
const OF_A_JOB =
  /could not renew lock|Missing (?:lock|key) for job|Lock mismatch|is not in the active state/i;

const FULL = /Redis is full/;

/** Tells an outage of the queue once, however often it is felt, and its end. */
export function outages(redis: RedisAddress, say: (text: string) => void) {
  let told: string | undefined;
  return {
    seen(error: unknown) {
      if (OF_A_JOB.test(messageOf(error))) return;
      const { message } = queueError(error, redis);
      // The same outage has many words: refused, reset, timed out.
      const kind = message.replace(/ \(.*\)$/s, '');
      if (kind === told) return;
      told = kind;
      say(`${message}; trying again`);
    },
    /** @param tookIt whether the queue took something, as one that is full does not: otherwise it only answered */
    over(tookIt = true) {
      if (!tookIt && told !== undefined && FULL.test(told)) return;
      if (told !== undefined) say(`queue ${redis.shown}: back`);
      told = undefined;
    },
  };
}
