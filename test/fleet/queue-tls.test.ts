import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkRedis, queueError } from '../../src/fleet/queue/redis.js';
import { redisAddressOf } from '../../src/fleet/queue/redis-address.js';
import { freePort, hasRedis } from '../support/redis.js';
import { nodeAt, useQueue, verdicts } from './queue-rig.js';

const pem = (name: string) => fileURLToPath(new URL(`../faults/matrix/tls/${name}.pem`, import.meta.url));
const own = { ca: pem('ca'), cert: pem('valid'), key: pem('key') };
const port = await freePort();
const url = `rediss://127.0.0.1:${port}`;
const queue = useQueue([
  ...['--tls-port', String(port), '--tls-ca-cert-file', own.ca],
  ...['--tls-cert-file', own.cert, '--tls-key-file', own.key],
]);
/** What checking the queue comes to, with these files. */
const checked = async (files: { ca?: string; cert?: string; key?: string }) =>
  checkRedis(await redisAddressOf(url, files, { ASSAY_QUEUE_PASSWORD: queue.redis.address.password }));

describe.skipIf(!hasRedis)('a queue over TLS', () => {
  it('has a worker who trusts its authority and shows a certificate', async () => {
    const node = await queue.simulate(5);
    const files = ['--queue-ca', own.ca, '--queue-cert', own.cert, '--queue-key', own.key];
    queue.startWorkerProcess('a', ['--queue', url, ...files]);
    const { results } = await queue.validate({ nodes: [nodeAt('n', 'a', node)] });
    expect(verdicts(results)).toEqual(['n PASS']);
    expect(await checked(own)).toEqual([]);
  });

  it('is refused in one line each: not trusted, expired, no certificate shown', async () => {
    const { ca, ...certificate } = own;
    await expect(checked(certificate)).rejects.toThrow(
      /^queue rediss:\S+: TLS failed \(self-signed certificate in certificate chain\)$/,
    );
    // Redis says so in an alert, unless the end of the connection comes before it.
    await expect(checked({ ca })).rejects.toMatchObject({
      line: expect.stringMatching(
        /(?:asks for a client certificate|be reached).*--queue-cert and --queue-key/,
      ),
    });
    await queue.redis.client.config('SET', 'tls-cert-file', pem('expired'));
    await expect(checked(own)).rejects.toThrow(/TLS failed \(certificate has expired\)$/);
  });
});

describe('what OpenSSL says', () => {
  const said = (reason: string) =>
    queueError(
      Object.assign(new Error(`808C:error:0A00045C:SSL routines:read:${reason}:../openssl/rec.c:1601:\n`), {
        library: 'SSL routines',
        reason,
      }),
      { shown: 'rediss://queue' },
    ).line;

  it('is told in one line, by its reason', () => {
    expect(said('tlsv13 alert certificate required')).toBe(
      'queue rediss://queue: Redis asks for a client certificate; give --queue-cert and --queue-key',
    );
    expect(said('wrong version number')).toMatch(
      /^queue rediss:\/\/queue: TLS failed \(wrong version number\); .*$/,
    );
  });
});
