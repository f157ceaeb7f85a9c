import { Redis } from 'ioredis';
import { within } from './bounded.js';
import { DISCONNECT_MS, lasting } from './redis.js';
import type { RedisAddress } from './redis-address.js';

/**
 * Errors of a primary that was demoted. After a fail-over, old connections still lead to it; only a new
 * connection through the same name or address reaches the new primary.
 */
const DEMOTED = /\b(READONLY|UNBLOCKED|MASTERDOWN)\b/;
/** Tells ioredis to reconnect, and to send the command again there. */
const SEND_AGAIN = 2;

interface ConnectionOptions {
  /** A connection without any answer for this long is closed and opened again. */
  silenceMs: number;
  /** Whether a command waits until the queue is back, or fails soon after the connection is closed. */
  waits: boolean;
  /** Called at each answer. */
  onAnswer?(): void;
}

/** A client, and its copies on which BullMQ waits for jobs. */
export interface Connection {
  redis: Redis;
  /** Closes the copies for good. */
  endCopies(): Promise<void>;
  /** Closes all of them, in any state. */
  end(): void;
}

/**
 * A connection that recovers from an outage by itself, also from one that a firewall dropped silently:
 * neither end gets an error then, and commands would wait for fifteen minutes. The copies recover in the same
 * way up to the greeting; after that, the code that waits on them does it.
 */
export function connectTo(address: RedisAddress, options: ConnectionOptions): Connection {
  const { silenceMs, waits, onAnswer } = options;
  const redis = new Redis({
    ...lasting(address),
    reconnectOnError: ({ message }) => (DEMOTED.test(message) ? SEND_AGAIN : false),
    // A limit of retries alone does not cover commands that were sent when the connection became silent.
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

/** Closes a connection, and prevents the code that waits on it from opening it again. */
async function endForGood(redis: Redis): Promise<void> {
  redis.connect = () => Promise.reject(new Error('Connection is closed.'));
  const ended = new Promise((resolve) => redis.once('end', resolve));
  redis.disconnect();
  // A connection between two attempts emits no `end`.
  await within(2 * DISCONNECT_MS, ended);
}

/**
 * Sends a ping again and again while the connection is in one of these states.
 *
 * @returns stops the pings
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
