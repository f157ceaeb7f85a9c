import { expect, it, test } from 'vitest';
import { readCredentials, withoutUserinfo } from '../../src/fleet/queue/credentials.js';
import { authorizationFor } from '../../src/http/credentials.js';
import { useTempFolder } from '../support/temp.js';

const folder = useTempFolder();
const job = {
  network_node: 'http://me:secret@10.0.0.1:8000',
  options: {
    mlnodeUrl: 'http://me:secret@10.0.0.2:8080/v1',
    challenge: { n: 2, trustedUrl: 'https://me:secret@10.0.0.3' },
  },
};

it('is taken out of every URL of a job, and known for the same origin only', async () => {
  const bare = withoutUserinfo(job);
  expect(bare).toEqual({
    network_node: 'http://10.0.0.1:8000',
    options: {
      mlnodeUrl: 'http://10.0.0.2:8080/v1',
      challenge: { n: 2, trustedUrl: 'https://10.0.0.3' },
    },
  });
  const lines = [
    '# ours',
    '',
    'http://you:p%40ss@10.0.0.2:8080',
    'http://you:p@10.0.0.3',
    'http://you:p@10.0.0.1:1',
  ];
  await readCredentials(await folder.write('credentials', lines.join('\r\n')));
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
  expect(authorizationFor(`${bare.options.mlnodeUrl}/api`)).toBe(basic('you:p@ss'));
  expect(authorizationFor(bare.network_node)).toBeUndefined();
  expect(authorizationFor(bare.options.challenge.trustedUrl)).toBeUndefined();
});

test.each(['me:secret@10.0.0.2', 'http://10.0.0.2:8080', 'redis://me:secret@h'])(
  'refuses the line %s without telling it',
  async (line) => {
    const path = await folder.write('bad', `# one\n${line}\n`);
    await expect(readCredentials(path)).rejects.toThrow(`${path}, line 2: no URL with a user`);
  },
);
