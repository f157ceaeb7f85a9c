import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assayHere } from '../../support/assay.js';
import { addressOf, useChains } from '../../support/chain.js';
import { useTempFolder } from '../../support/temp.js';

const simulate = useChains();
const temp = useTempFolder();
const oracle = JSON.parse(readFileSync(new URL('../../oracles/poc-smst.json', import.meta.url), 'utf8'));
const [small, sparse] = oracle.trees;
const commitOf = ({ root_hash, count }: { root_hash: string; count: number }) => [
  '--root',
  root_hash,
  '--count',
  `${count}`,
];

const verify = async (content: unknown, ...args: string[]) => {
  const file = await temp.write('proofs.json', content);
  const { stdout, stderr, exitCode } = await assayHere(['poc', 'verify', file, '--json', ...args]);
  return { exitCode, stderr, json: stdout === '' ? null : JSON.parse(stdout) };
};

describe('poc verify', () => {
  it.each([
    ['few nonces', small],
    ['a tree that grew', sparse],
  ])("takes the chain's own proofs of %s", async (_name, tree) => {
    const { json } = await verify({ proofs: tree.proofs }, ...commitOf(tree));
    expect(json.proofs).toHaveLength(tree.proofs.length);
    expect(json.proofs.every(({ ok }: { ok: boolean }) => ok)).toBe(true);
  });

  it.each([
    ['another count', (p: object[]) => p, { count: 31 }, 'count'],
    ['another place', (p: object[]) => p.map((one) => ({ ...one, leaf_index: 9 })), {}, 'leaf_index'],
    [
      'a proof turned round',
      (p: { proof: string[] }[]) => p.map((one) => ({ ...one, proof: [...one.proof].reverse() })),
      {},
      'order',
    ],
    [
      'a proof cut short',
      (p: { proof: string[] }[]) => p.map((one) => ({ ...one, proof: one.proof.slice(1) })),
      {},
      'depth',
    ],
    [
      'another vector',
      (p: object[]) => p.map((one) => ({ ...one, vector_bytes: 'AAAA'.repeat(8) })),
      {},
      'root',
    ],
    [
      'a nonce beyond 31 bits',
      (p: object[]) => p.map((one) => ({ ...one, nonce_value: '4294967295' })),
      {},
      'nonce',
    ],
  ])('refuses %s', async (_name, change, commit, fault) => {
    const { exitCode, json } = await verify(
      { proofs: change(small.proofs) },
      ...commitOf({ ...small, ...commit }),
    );
    expect(exitCode).toBe(1);
    expect(json.proofs[0]).toMatchObject({ ok: false, fault });
  });

  it('refuses a proof that comes twice, and says that nonces are too sparse', async () => {
    const twice = await verify({ proofs: [small.proofs[0], small.proofs[0]] }, ...commitOf(small));
    expect(twice.json.proofs[1]).toMatchObject({ fault: 'duplicate' });
    const { json, exitCode } = await verify({ proofs: sparse.proofs }, ...commitOf(sparse));
    expect(json.sparse).toEqual({ largest: 33_554_431, count: 6 });
    expect(exitCode).toBe(1);
  });

  it('measures vectors against a reference, and names those that are off', async () => {
    const golden = ['--against', 'Qwen/Qwen3-32B-FP8'];
    const same = await verify({ proofs: small.proofs }, ...commitOf(small), ...golden);
    expect(same.exitCode).toBe(0);
    expect(same.json.vectors).toMatchObject({
      common: 3,
      off: [],
      l2: { max: 0 },
      note: expect.stringMatching(/block hash/),
    });
    const swapped = small.proofs.map((proof: object, place: number) =>
      place === 1 ? { ...proof, vector_bytes: small.proofs[0].vector_bytes } : proof,
    );
    const off = await verify({ proofs: swapped }, ...commitOf(small), ...golden);
    expect(off.exitCode).toBe(1);
    expect(off.json.vectors.off).toEqual([7]);
    const other = await verify({ proofs: small.proofs, block_hash: 'ff00' }, ...commitOf(small), ...golden);
    expect(other.stderr).toMatch(/block_hash/);
  });

  it('reads the commit from the chain, and needs one', async () => {
    const { url } = await simulate();
    const where = ['--height', '3874196', '--model', 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8', '--node', url];
    const { json, exitCode } = await verify(
      { proofs: small.proofs },
      ...where,
      '--address',
      addressOf('host1'),
    );
    expect(exitCode).toBe(1);
    expect(json.commit).toMatchObject({ count: 2400, source: 'chain' });
    expect(json.proofs[0].fault).toBe('root');
    expect((await verify({ proofs: small.proofs }, ...where, '--address', 'gonka1nobody')).stderr).toMatch(
      /no commit of gonka1nobody/,
    );
    expect((await verify({ proofs: small.proofs })).stderr).toMatch(
      /commit is not known; give --root and --count/,
    );
    expect((await verify({ proofs: small.proofs }, '--root', small.root_hash)).stderr).toMatch(
      /must be given together/,
    );
    expect((await verify({ proofs: [] })).stderr).toMatch(/fewer than 1 items/);
    expect((await verify({ proofs: [{ ...small.proofs[0], vector_bytes: 'not base64!' }] })).stderr).toMatch(
      /proofs\/0\/vector_bytes: not base64/,
    );
  });
});

describe('poc state', () => {
  const MODEL = 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8';
  const state = (url: string, ...args: string[]) =>
    assayHere(['poc', 'state', url, '--node', url, '--model', MODEL, ...args]);

  it('compares a host with its commit', async () => {
    const { url, chain } = await simulate();
    const own = ['--height', '3874196', '--address', addressOf('host1')];
    const same = await state(url, ...own, '--json');
    expect(same.exitCode).toBe(0);
    expect(JSON.parse(same.stdout)).toMatchObject({
      agrees: true,
      own: { count: '2400' },
      committed: { count: '2400' },
    });
    const other = await state(url, '--height', '3874196', '--address', addressOf('host2'));
    expect(other.exitCode).toBe(1);
    expect(other.stderr).toMatch(/the participant's artifacts are not those of the commit/);
    const gone = await state(url, '--height', '5', '--address', addressOf('host1'));
    expect(gone.stderr).toMatch(/no artifacts of this stage/);
    expect(chain.height).toBeGreaterThan(0);
  });
});
