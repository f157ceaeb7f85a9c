import type { RedisAddress } from '../../fleet/queue/redis-address.js';
import type { ArgsOf } from '../command.js';
import { numberFlag, textFlag } from '../flags.js';
import { fleetOptions, ofOutput } from '../validate/flags.js';

/** Flags that all commands share which validate a fleet. */
export const fleetFlags = {
  ...fleetOptions,
  concurrency: numberFlag('concurrency', 'nodes at a time, in place of the value in the file', {
    min: 1,
    max: 1000,
    integer: true,
  }),
  ...ofOutput({
    metrics: textFlag('serve a live page, Prometheus metrics and /healthz at HOST:PORT'),
    out: textFlag('folder of the run (default: fleets/NAME_TIME)'),
    resume: textFlag('resume the killed or interrupted run in this folder'),
    json: { type: 'boolean', description: 'print the fleet report as JSON, and nothing else, on stdout' },
    quiet: { type: 'boolean', description: 'no progress on stderr' },
  } as const),
} as const;

/** Address of the queue. */
export const queueFlags = {
  queue: textFlag('Redis of the queue, redis://HOST[:PORT][/DB] or rediss:// (env ASSAY_QUEUE)'),
  'queue-password-file': textFlag('its password (default: env ASSAY_QUEUE_PASSWORD)'),
  'queue-ca': textFlag('with rediss://: PEM file of your own certificate authority'),
  'queue-cert': textFlag('with rediss://: PEM file of the client certificate, if Redis asks for one'),
  'queue-key': textFlag('the key of that certificate'),
} as const;

/** The flags of the queue as words of a command: no folder has them. A password is in none of them. */
export function queueWords(args: ArgsOf<typeof queueFlags>): string[] {
  const { queue, queuePasswordFile: passwordFile, queueCa: ca, queueCert: cert, queueKey: key } = args;
  const flags = {
    queue,
    'queue-password-file': passwordFile,
    'queue-ca': ca,
    'queue-cert': cert,
    'queue-key': key,
  };
  return Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
}

/** The queue that these flags name. */
export async function queueAddressOf(args: ArgsOf<typeof queueFlags>): Promise<RedisAddress> {
  const { redisAddressOf } = await import('../../fleet/queue/redis-address.js');
  const { queue, queuePasswordFile: passwordFile, queueCa: ca, queueCert: cert, queueKey: key } = args;
  return redisAddressOf(queue, { passwordFile, ca, cert, key });
}
