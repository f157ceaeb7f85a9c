import { expect, it, test } from 'vitest';
import { redisAddressOf } from '../../src/fleet/queue/redis-address.js';
import { useTempFolder } from '../support/temp.js';

const folder = useTempFolder();

it('takes the password from a file, before the environment, before the URL of the environment', async () => {
  const file = await folder.write('password', 'from file\n');
  const env = { ASSAY_QUEUE: 'redis://me:from%20url@h:7000/3', ASSAY_QUEUE_PASSWORD: 'from env' };
  expect(await redisAddressOf(undefined, { passwordFile: file }, env)).toEqual({
    host: 'h',
    port: 7000,
    db: 3,
    username: 'me',
    password: 'from file',
    shown: 'redis://***@h:7000/3',
  });
  expect((await redisAddressOf(undefined, {}, env)).password).toBe('from env');
  expect((await redisAddressOf(undefined, {}, { ASSAY_QUEUE: env.ASSAY_QUEUE })).password).toBe('from url');
  expect(await redisAddressOf('rediss://[::1]', {}, {})).toEqual({
    host: '::1',
    port: 6379,
    db: 0,
    tls: {},
    shown: 'rediss://[::1]',
  });
});

test.each([
  [undefined, /no queue is named/],
  ['http://h', /"http:\/\/h" is no Redis URL/],
  ['redis://', /is no Redis URL/],
  ['redis://h/one', /"one" is no number of a database/],
  ['redis://u:secret@h', /--queue must not hold a password/],
])('refuses %s', async (flag, reason) => {
  const error: Error = await redisAddressOf(flag, {}, {}).catch((thrown) => thrown);
  expect(error.message).toMatch(reason);
  expect(error.message).not.toMatch(/secret/);
});

it('reads certificates for TLS, and refuses half of a pair and any without TLS', async () => {
  const ca = await folder.write('ca.pem', 'an authority');
  expect((await redisAddressOf('rediss://h', { ca }, {})).tls).toEqual({ ca: 'an authority' });
  await expect(redisAddressOf('rediss://h', { cert: ca }, {})).rejects.toThrow('belong together');
  await expect(redisAddressOf('redis://h', { ca }, {})).rejects.toThrow('belong to a rediss:// queue');
  await expect(redisAddressOf('rediss://h', { ca: `${ca}x` }, {})).rejects.toThrow(
    "the queue's authority file",
  );
});
