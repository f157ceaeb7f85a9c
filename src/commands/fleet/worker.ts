import { join } from 'node:path';
import { UsageError } from '../../errors.js';
import { defineCommand } from '../command.js';
import { numberFlag, textFlag } from '../flags.js';
import { queueAddressOf, queueFlags } from './flags.js';

export const command = defineCommand({
  description:
    'Validates the nodes of one site that come through the queue (assay fleet validate --queue), until you stop it. Then it stops its running validations and gives them back to the queue. Exit 0 when it was asked to stop.',
  options: {
    ...queueFlags,
    site: textFlag('the site whose nodes this machine can reach', { demandOption: true }),
    concurrency: numberFlag('concurrency', 'nodes at a time', {
      min: 1,
      max: 1000,
      integer: true,
      default: 16,
    }),
    'work-dir': textFlag('folder of runs until the command fetches them (default: fleet-work/SITE)'),
    'node-credentials': textFlag(
      'file with credentials, a line http://USER:PASSWORD@HOST:PORT for each node; they never go through the queue',
    ),
    lease: numberFlag('lease', 'seconds without a sign of life until another worker gets the job', {
      min: 1,
      max: 3600,
      default: 30,
    }),
  },
  examples: [
    ['assay fleet worker --queue redis://10.0.0.5 --site ams', 'with the password in ASSAY_QUEUE_PASSWORD'],
    [
      'assay fleet worker --queue rediss://queue.example:6380 --queue-password-file /run/secrets/queue --site fra --concurrency 8',
      'over TLS, eight nodes at a time',
    ],
  ],
  async run(args, { terminal, signal }) {
    const { site, concurrency, lease } = args;
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(site)) {
      throw new UsageError(`--site: "${site}" cannot be the name of a site`, {
        advice: 'use letters, digits, dots, dashes and underscores',
      });
    }
    const redis = await queueAddressOf(args);
    const [{ checkRedis }, { work }] = await Promise.all([
      import('../../fleet/queue/redis.js'),
      import('../../fleet/queue/worker.js'),
    ]);
    if (args.nodeCredentials !== undefined)
      await (await import('../../fleet/queue/credentials.js')).readCredentials(args.nodeCredentials);
    for (const warning of await checkRedis(redis)) terminal.say(`warning: ${warning}`);
    terminal.say(`working for site ${site}, ${concurrency} at a time, queue ${redis.shown}`);
    await work(
      {
        redis,
        site,
        concurrency,
        folder: args.workDir ?? join('fleet-work', site),
        leaseSeconds: lease,
      },
      { signal, say: terminal.say },
    );
    return 0;
  },
});
