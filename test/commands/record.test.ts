import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canonicalGolden } from '../../src/golden/canonical.js';
import { findGolden } from '../../src/golden/catalog.js';
import { loadGolden } from '../../src/golden/load.js';
import { findModel } from '../../src/models/load.js';
import { packageRoot } from '../../src/paths.js';
import {
  type MlNodeSimulator,
  type Profile,
  startMlNodeSimulator,
} from '../../src/simulator/mlnode/index.js';
import { assay, assayHere } from '../support/assay.js';
import { useChains } from '../support/chain.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const simulate = useChains();
const MODEL = 'Qwen/Qwen3-0.6B';
const golden = await findGolden(MODEL);
let open: MlNodeSimulator[] = [];

async function startNode(options: Partial<Parameters<typeof startMlNodeSimulator>[0]> = {}) {
  const node = await startMlNodeSimulator({
    replicas: ['exact', 'exact'],
    batchTimeMs: 5,
    model: MODEL,
    golden,
    ...options,
  });
  open.push(node);
  return node;
}

/** Nonces that are asked for from now on, in the order of the requests. */
function watchAsked(node: MlNodeSimulator): number[] {
  const asked: number[] = [];
  node.faults = ({ endpoint, body }) => {
    if (endpoint === '/inference/pow/generate') asked.push(...(body as { nonces: number[] }).nonces);
    return undefined;
  };
  return asked;
}

const recordArgs = (node: MlNodeSimulator, out: string, ...more: string[]) => [
  'record',
  `--mlnode-url=${node.url}`,
  `--model=${MODEL}`,
  `--out=${out}`,
  ...more,
];

afterEach(async () => {
  await Promise.all(open.map((node) => node.close()));
  open = [];
});

describe('assay record', () => {
  it('records what an exact node computes, with provenance taken from the node', async () => {
    const node = await startNode();
    const out = temp.path('exact.json');
    const { exitCode, stdout } = await assay(
      recordArgs(node, out, '--additional-args=--tensor-parallel-size 1', '--dist-threshold=0.3', '--json'),
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ path: out, vectors: 32, disagreement: null });
    const { file, nonces, artifacts } = await loadGolden(out);
    expect(nonces).toEqual(golden.nonces);
    expect(artifacts).toEqual(golden.artifacts);
    expect(file).toMatchObject({
      model: MODEL,
      seq_len: 1024,
      block_hash: 'TEST_BLOCK',
      dist_threshold: 0.3,
      collection_batch_size: 32,
      additional_args: ['--tensor-parallel-size', '1'],
      provenance: { hardware: '8×NVIDIA B200', vector_count: 32 },
    });
    const text = await readFile(out, 'utf8');
    expect(text).toBe(canonicalGolden(JSON.parse(text)));
    expect(existsSync(`${out}.partial.jsonl`)).toBe(false);
  });

  it('makes a reference that the same node passes and another model fails', async () => {
    const out = temp.path('round-trip.json');
    await assayHere(recordArgs(await startNode({ replicas: ['honest', 'honest'] }), out, '--num-nonces=64'));
    const validate = async (profile: 'honest' | 'unrelated') => {
      const node = await startNode({ replicas: [profile, profile] });
      return assayHere([
        'validate',
        `--mlnode-url=${node.url}`,
        `--model=${MODEL}`,
        `--reference=${out}`,
        '--skip-download',
        '--skip-deploy',
        '--skip-throughput',
        `--exp-dir=${temp.path(`run-${profile}`)}`,
      ]);
    };
    expect((await validate('honest')).exitCode).toBe(0);
    expect((await validate('unrelated')).exitCode).toBe(2);
    const run = JSON.parse((await assayHere(['compare', out, temp.path('run-honest'), '--json'])).stdout);
    expect(run.pairs[0]).toMatchObject({ common: 64, n_mismatch: 0 });
  });

  it('asks only for what is missing after a kill', async () => {
    const node = await startNode({ replicas: ['exact'], batchTimeMs: 300 });
    const out = temp.path('killed.json');
    const args = recordArgs(node, out, '--batch-size=4');
    const partial = `${out}.partial.jsonl`;
    const killed = execa(process.execPath, [`${packageRoot}/dist/main.js`, ...args], { reject: false });
    const batchesOnDisk = async () =>
      existsSync(partial) ? (await readFile(partial, 'utf8')).split('"batch"').length - 1 : 0;
    while ((await batchesOnDisk()) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    killed.kill('SIGKILL');
    await killed;
    const kept = await batchesOnDisk();

    expect((await assay(args)).stderr).toContain('--resume');
    expect((await assay([...args, '--resume', '--k-dim=24'])).stderr).toContain('other parameters');
    const asked = watchAsked(node);
    expect((await assay([...args, '--resume'])).exitCode).toBe(0);
    expect(asked).toHaveLength(32 - 4 * kept);
    expect((await loadGolden(out)).artifacts).toEqual(golden.artifacts);
  });

  it('refuses a node whose own runs disagree, and says where', async () => {
    const runs = new Map<number, number>();
    const unsteady: Profile = {
      summary: 'other numbers for nonces 0 and 8 in every run',
      compute({ nonce, exact }) {
        const run = runs.get(nonce) ?? 0;
        runs.set(nonce, run + 1);
        return nonce % 8 === 0 && nonce < 16 && run > 0 ? Array.from(exact, (x) => -x) : exact;
      },
    };
    const node = await startNode({ replicas: [unsteady] });
    const out = temp.path('unsteady.json');
    const { exitCode, stderr } = await assayHere(recordArgs(node, out, '--repeat=2', '--batch-size=8'));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /vectors of 2 nonces differ by more than 0\.02.*all at batch starts \(nonce 0, 8,/,
    );
    expect(existsSync(out)).toBe(false);

    const steady = await startNode();
    const agreed = await assayHere(recordArgs(steady, out, '--repeat=3', '--force', '--json'));
    expect(JSON.parse(agreed.stdout).disagreement).toMatchObject({ rounds: 3, max_l2: 0, nonces: [] });
  });

  it('gives each repetition to another replica, also with an even number of batches', async () => {
    const node = await startNode({ replicas: ['exact', 'unrelated'] });
    const out = temp.path('one-bad.json');
    const { exitCode, stderr } = await assayHere(recordArgs(node, out, '--repeat=2', '--batch-size=8'));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /vectors of 32 nonces differ by more than 0\.02.*replicas 5001, 5002, and .* do not show/,
    );
    expect(existsSync(out)).toBe(false);
  });

  it('names the replica that differs, where there are others to tell', async () => {
    const node = await startNode({ replicas: ['exact', 'unrelated', 'exact', 'exact'] });
    const out = temp.path('one-of-four.json');
    const { exitCode, stderr } = await assayHere(recordArgs(node, out, '--every-replica', '--batch-size=16'));
    expect(exitCode).toBe(1);
    expect(stderr).toContain('replica 5002 computed one of the two');
    const good = await startNode({ replicas: ['exact', 'exact', 'exact'] });
    const agreed = await assayHere(recordArgs(good, out, '--every-replica', '--force', '--json'));
    expect(JSON.parse(agreed.stdout).disagreement).toMatchObject({ rounds: 3, replicas: [5001, 5002, 5003] });
  });

  it('takes thresholds from what is known of the model, and says where none are', async () => {
    const known = temp.path('known.json');
    await assayHere(recordArgs(await startNode(), known));
    const model = await findModel(MODEL);
    const { file } = await loadGolden(known);
    expect(file.dist_threshold).toBe(model?.file.stat_test?.dist_threshold);
    const other = await startNode({ model: 'host/unheard-of' });
    const unknown = temp.path('unknown.json');
    const args = ['record', `--mlnode-url=${other.url}`, '--model=host/unheard-of', `--out=${unknown}`];
    const { exitCode, stderr } = await assayHere(args);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('not calibrated yet');
    const recorded = await loadGolden(unknown);
    expect(recorded.file.dist_threshold).toBeUndefined();
    expect(recorded.file.notes).toContain('not calibrated yet');
  });

  it('takes nonces from a range or a file, in their order', async () => {
    const node = await startNode();
    const asked = watchAsked(node);
    const range = temp.path('range.json');
    await assayHere(recordArgs(node, range, '--nonces=20-23,3', '--batch-size=8'));
    expect((await loadGolden(range)).nonces).toEqual([20, 21, 22, 23, 3]);
    await assayHere(recordArgs(node, temp.path('again.json'), `--nonces=${range}`, '--batch-size=8'));
    expect(asked).toEqual([20, 21, 22, 23, 3, 20, 21, 22, 23, 3]);
  });

  it('compares live nodes with a recording', async () => {
    const nodes = await Promise.all([startNode(), startNode({ replicas: ['honest', 'honest'] })]);
    const { stdout } = await assayHere(['compare', MODEL, ...nodes.map(({ url }) => url), '--json']);
    const { pairs } = JSON.parse(stdout);
    expect(pairs.map(({ common }: { common: number }) => common)).toEqual([32, 32, 32]);
    expect(pairs[0].l2.max).toBe(0);
    expect(pairs[2].l2).toEqual(pairs[1].l2);
    expect(pairs[1].l2.mean).toBeGreaterThan(0.03);
  });

  describe('refuses in one line', () => {
    let node: MlNodeSimulator;
    beforeAll(async () => {
      node = await startMlNodeSimulator({ replicas: ['exact'], batchTimeMs: 5, model: MODEL, golden });
    });
    afterAll(() => node.close());

    const refused = async (args: string[], reason: string) => {
      const { exitCode, stderr, stdout } = await assayHere(args);
      expect(exitCode).toBe(1);
      expect(stdout).toBe('');
      expect(stderr.split('\n').filter((line) => line.startsWith('assay:'))).toHaveLength(1);
      expect(stderr).toContain(reason);
    };

    it('a file that is there', async () => {
      const out = await temp.write('there.json', 'mine');
      await refused(recordArgs(node, out), 'there already');
      expect(await readFile(out, 'utf8')).toBe('mine');
    });

    it.each([
      [['--num-nonces=0'], '--num-nonces'],
      [['--nonces=9-3'], 'backwards'],
      [['--nonces=1,1'], 'twice'],
      [['--nonces=abc'], 'neither a file nor a range'],
      [['--repeat=0'], '--repeat'],
      [['--dist-threshold=2'], '--dist-threshold'],
      [['--additional-args=[1]'], '--additional-args'],
      [['--resume', '--force'], 'cannot be used together'],
    ])('%j', (more, reason) => refused(recordArgs(node, temp.path('refused.json'), ...more), reason));

    it('another model than the node serves', () =>
      refused(
        ['record', `--mlnode-url=${node.url}`, '--model=other/model', `--out=${temp.path('other.json')}`],
        'the replica serves another model than the request names',
      ));

    it('a node that leaves nonces out', async () => {
      const dropping = await startNode({ replicas: ['dropping'] });
      await refused(recordArgs(dropping, temp.path('dropping.json')), 'missing');
    });

    it('a node that is generating for somebody else, without stopping it', async () => {
      const busy = await startNode();
      busy.startForeignGeneration();
      await refused(recordArgs(busy, temp.path('busy.json')), 'generation runs');
      expect(busy.requests['POST /inference/pow/stop'] ?? 0).toBe(0);
    });

    it('a node that is not there', async () => {
      const gone = await startNode();
      await gone.close();
      open = [];
      await refused(recordArgs(gone, temp.path('gone.json')), 'cannot connect');
      await rm(temp.path('gone.json'), { force: true });
    });
  });
});

describe('while the weight of nodes is measured', () => {
  it('nothing is asked for, in record and in compare, and what a PoC interrupts is kept', async () => {
    const { url, chain } = await simulate();
    const node = await startNode();
    const asked = watchAsked(node);
    chain.phaseOverride = 'PoCGenerate';
    const out = temp.path('guarded.json');
    const refused = 'no recording of vectors now: the network is in phase PoCGenerate';
    const recorded = await assayHere(recordArgs(node, out, `--node=${url}`));
    expect(recorded).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(refused) });
    const compared = await assayHere(['compare', MODEL, node.url, `--node=${url}`]);
    expect(compared).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(refused) });
    expect(asked).toEqual([]);
    expect(existsSync(out)).toBe(false);

    expect((await assayHere(recordArgs(node, out, '--no-network', '--force'))).exitCode).toBe(0);
    const both = await assayHere(recordArgs(node, out, '--no-network', `--node=${url}`, '--force'));
    expect(both.stderr).toContain('--node and --no-network cannot be used together');
  });
});
