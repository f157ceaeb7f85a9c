import { Redis } from 'ioredis';
import { AssayError, messageOf } from '../../errors.js';
import { maskSecrets } from '../../http/mask.js';
import type { RedisAddress } from './redis-address.js';

const CONNECT_MS = 10_000;
/** On a connection that carries nothing, closing gets no answer from the other end. */
export const DISCONNECT_MS = 200;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/** Options for long connections: they reconnect after an outage by themselves. */
export function lasting({ shown: _, ...address }: RedisAddress) {
  return {
    ...address,
    connectTimeout: CONNECT_MS,
    disconnectTimeout: DISCONNECT_MS,
    retryStrategy: (times: number) => Math.min(FIRST_WAIT_MS * 2 ** Math.min(times, 10), LONGEST_WAIT_MS),
  };
}

/**
 * Connects once, so that errors are reported at the start instead of being retried for ever.
 *
 * @returns warnings
 * @throws AssayError with the reason why the queue cannot be used
 */
export async function checkRedis(address: RedisAddress): Promise<string[]> {
  const redis = new Redis({
    ...lasting(address),
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    commandTimeout: CONNECT_MS,
    // Redis is not ready while it loads its data; without this check the user would not learn why.
    enableReadyCheck: false,
  });
  let seen: unknown;
  redis.on('error', (error: unknown) => {
    seen = error;
  });
  try {
    await redis.connect();
    await redis.ping();
    requirePrimary(await redis.info('replication'), address);
    requireSingle(await redis.info('cluster'), address);
    const policy = /maxmemory_policy:(\S+)/.exec(await redis.info('memory'))?.[1] ?? 'noeviction';
    return policy === 'noeviction'
      ? []
      : [
          `the queue's Redis may drop jobs when it is full (maxmemory-policy ${policy}; set it to noeviction)`,
        ];
  } catch (error) {
    throw error instanceof AssayError ? error : queueError(seen ?? error, address);
  } finally {
    redis.disconnect();
  }
}

/** @throws AssayError for a replica of Redis, which accepts no jobs */
function requirePrimary(replication: string, { shown }: Pick<RedisAddress, 'shown'>): void {
  if (!/^role:slave/m.test(replication)) return;
  const [host, port] = ['master_host', 'master_port'].map(
    (name) => new RegExp(`^${name}:(\\S+)`, 'm').exec(replication)?.[1] ?? '?',
  );
  throw new AssayError(`queue ${shown}: is a replica of ${host}:${port}, which takes no jobs`, {
    advice: 'give the address of the primary, or a name that leads to it',
  });
}

/** @throws AssayError for a member of a cluster: the keys of a job would be on several members */
function requireSingle(cluster: string, address: Pick<RedisAddress, 'shown'>): void {
  if (/^cluster_enabled:1/m.test(cluster)) throw inCluster(address);
}

function inCluster({ shown }: Pick<RedisAddress, 'shown'>): AssayError {
  return new AssayError(`queue ${shown}: is a member of a Redis Cluster, and a queue cannot use a cluster`, {
    advice: 'give a single Redis; a replica can keep it available',
  });
}

/** The error of the queue, in words that say what to do. */
export function queueError(error: unknown, { shown }: Pick<RedisAddress, 'shown'>): AssayError {
  // OpenSSL's errors have a reason in plain words in a separate field.
  const { library = '', reason } = error as { library?: string; reason?: string };
  const text = maskSecrets(library === '' ? messageOf(error) : (reason ?? library));
  const because = (what: string, advice: string) =>
    new AssayError(`queue ${shown}: ${what}`, { advice, cause: error });
  if (/WRONGPASS|invalid password|NOAUTH|without any password configured/i.test(text)) {
    return because('Redis refuses the password', 'set ASSAY_QUEUE_PASSWORD or --queue-password-file');
  }
  if (/NOPERM/.test(text)) return because(`Redis does not allow it (${text})`, 'give the user more rights');
  if (/OOM command not allowed|MISCONF/.test(text)) {
    return because(`Redis is full (${text})`, 'give it more memory or disk; results so far are kept');
  }
  if (/\b(READONLY|UNBLOCKED|MASTERDOWN)\b/.test(text)) {
    return because('is a replica now, which takes no jobs', 'give the address of the primary');
  }
  if (/\b(MOVED|CROSSSLOT|CLUSTERDOWN)\b/.test(text)) return inCluster({ shown });
  if (/LOADING/.test(text)) return because('Redis is still loading its data', 'try again in a moment');
  if (/alert certificate required/i.test(text)) {
    return because('Redis asks for a client certificate', 'give --queue-cert and --queue-key');
  }
  if (library !== '' || /certificate|altnames|PEM/i.test(text)) {
    return because(
      `TLS failed (${text})`,
      'check its certificate; --queue-ca trusts your own certificate authority',
    );
  }
  const why =
    text === '' || /max retries per request|Connection is closed|Command timed out/i.test(text)
      ? 'no answer'
      : text;
  const advice = shown.startsWith('rediss:')
    ? 'check that Redis uses TLS there, and give --queue-cert and --queue-key if it wants them'
    : 'check that Redis runs there';
  return because(`cannot be reached (${why})`, advice);
}
