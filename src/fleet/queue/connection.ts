import { Redis } from 'ioredis';
import { within } from './bounded.js';
import { DISCONNECT_MS, lasting } from './redis.js';
import type { RedisAddress } from './redis-address.js';

/**
 * What a primary says that was demoted: old connections stay with it after a fail-over, and a name or an address in
 * front of it leads to the new primary only who connects again.
 */
const DEMOTED = /\b(READONLY|UNBLOCKED|MASTERDOWN)\b/;
/** To ioredis: connect again, and send the command again there. */
const SEND_AGAIN = 2;

interface ConnectionOptions {
  /** A line on which nothing comes back for so long is given up and opened anew. */
  silenceMs: number;
  /** Whether a command waits until the queue is back, or fails soon after the line is given up. */
  waits: boolean;
  /** Told of each sign of life. */
  onAnswer?(): void;
}

/** A client, with the copies of it on which others wait for jobs. */
export interface Connection {
  redis: Redis;
  /** Ends the copies, for good. */
  endCopies(): Promise<void>;
  /** Ends them all, whatever state they are in. */
  end(): void;
}

/**
 * A connection that comes back after an outage by itself, even from a line that a firewall has forgotten: neither
 * end is told of that, and what is sent into it would wait for a quarter of an hour. Copies do the same as far as
 * the greeting; after that, whoever waits on them sees to it.
 */
export function connectTo(address: RedisAddress, options: ConnectionOptions): Connection {
  const { silenceMs, waits, onAnswer } = options;
  const redis = new Redis({
    ...lasting(address),
    reconnectOnError: ({ message }) => (DEMOTED.test(message) ? SEND_AGAIN : false),
    // The number of retries alone would leave out what was under way when a line fell silent.
    ...(waits
      ? { maxRetriesPerRequest: null }
      : { maxRetriesPerRequest: 1, commandTimeout: 1.5 * silenceMs }),
  });
  const copies: Redis[] = [];
  const stops = [giveUpSilence(redis, silenceMs, ['connect', 'ready'], onAnswer)];
  redis.duplicate = (more) => {
    const copy = new Redis({ ...redis.options, ...more });
    copies.push(copy);
    stops.push(giveUpSilence(copy, silenceMs, ['connect']));
    return copy;
  };
  return {
    redis,
    async endCopies() {
      await Promise.all(copies.map(endForGood));
    },
    end() {
      for (const stop of stops) stop();
      for (const each of [redis, ...copies]) each.disconnect();
    },
  };
}

/** Ends a connection, and lets nobody open it again who waits for it. */
async function endForGood(redis: Redis): Promise<void> {
  redis.connect = () => Promise.reject(new Error('Connection is closed.'));
  const ended = new Promise((resolve) => redis.once('end', resolve));
  redis.disconnect();
  // One that is between two attempts has no end to tell.
  await within(2 * DISCONNECT_MS, ended);
}

/**
 * Asks for an answer again and again while the connection is in one of these states.
 *
 * @returns ends the asking
 */
function giveUpSilence(
  redis: Redis,
  silenceMs: number,
  states: Redis['status'][],
  onAnswer: () => void = () => {},
): () => void {
  let limit: NodeJS.Timeout | undefined;
  const heard = () => {
    clearTimeout(limit);
    limit = undefined;
  };
  const beat = setInterval(() => {
    if (limit !== undefined || !states.includes(redis.status)) return;
    limit = setTimeout(() => redis.disconnect(true), silenceMs).unref();
    redis.ping().then(
      () => {
        heard();
        onAnswer();
      },
      () => {},
    );
  }, silenceMs / 2).unref();
  redis.on('close', heard);
  return () => clearInterval(beat);
}
