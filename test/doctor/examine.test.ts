import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { Epochs } from '../../src/chain/epochs.js';
import { checks } from '../../src/doctor/checks/index.js';
import { examine } from '../../src/doctor/examine.js';
import type { ChainFacts, DoctorFacts, MlNodeFacts } from '../../src/doctor/facts.js';
import { examinationText } from '../../src/doctor/text.js';
import type { WeightsStatus } from '../../src/network/ask-weights.js';
import { useLanguage } from '../../src/text/language.js';
import { displayWidth } from '../../src/text/width.js';

function weightsOf(status: string): WeightsStatus {
  return {
    status: { status } as WeightsStatus['status'],
    weights: { repository: 'a/model', commit: null, from: 'head' },
  };
}

const node: MlNodeFacts = {
  name: 'node1',
  url: 'http://10.0.0.21:8080',
  reachAdvice: 'check the URL',
  reached: { value: { healthy: true, ms: 3 } },
  state: { value: { state: 'INFERENCE', loaded_model: 'a/model' } },
  versions: { value: { version: '3.1.0', vllm_version: '0.28.0' } },
  driver: { value: { driver_version: '580.1', cuda_driver_version: '13.0' } },
  gpus: { value: { count: 8, classes: ['H200'], lost: [] } },
  replicas: {
    value: [
      { port: 5001, status: 'IDLE' },
      { port: 5002, status: 'IDLE' },
    ],
  },
  metrics: { value: null },
  weights: { value: weightsOf('DOWNLOADED') },
  space: { value: { cache_path: '/data/hub', cache_size_gb: 594, available_gb: 900 } },
  names: ['a/model'],
  args: ['--tensor-parallel-size', '4'],
  listedModels: [],
  clockSkewS: { value: 0.1 },
};

const EPOCHS: Epochs = {
  blockHeight: 1000,
  epoch: { index: 7, pocStartHeight: 500 },
  phase: 'Inference',
  stages: {
    pocStart: 500,
    pocGenerationEnd: 560,
    pocValidationStart: 570,
    pocValidationEnd: 600,
    setNewValidators: 610,
    nextPocStart: 1500,
  },
  epochLength: 1000,
  isConfirmationPocActive: false,
};

const chain: ChainFacts = {
  url: 'https://node.example',
  epochs: { value: EPOCHS },
  blockTimeS: { value: 5 },
  isBehind: { value: false },
  clockSkewS: { value: -4 },
  isApproved: { value: true },
  ready: null,
};

const good: DoctorFacts = {
  load: null,
  key: null,
  machine: {
    nodeVersion: '20.19.0',
    folder: '/srv',
    freeGb: { value: 50 },
    columns: 80,
    inferenced: { value: '0.2.16' },
  },
  model: 'a/model',
  known: null,
  references: { value: [{ name: 'a-model', recordedOn: '8×H200', why: 'of the same GPU class' }] },
  mlNodes: [node],
  admin: null,
  chain,
};

const withNode = (change: Partial<MlNodeFacts>): DoctorFacts => ({
  ...good,
  mlNodes: [{ ...node, ...change }],
});
const withChain = (change: Partial<ChainFacts>): DoctorFacts => ({ ...good, chain: { ...chain, ...change } });
const epochsWith = (change: Partial<Epochs>) => withChain({ epochs: { value: { ...EPOCHS, ...change } } });

/** A host that is not in order, with the finding and the exit code. */
const CASES: [what: string, facts: DoctorFacts, check: string, state: string, code: number][] = [
  ['a node that is away', withNode({ reached: { unknown: 'connection refused' } }), 'reachable', 'fail', 1],
  [
    'something else than an ML node',
    withNode({ state: { unknown: 'HTTP 404' }, replicas: { unknown: 'HTTP 404' } }),
    'reachable',
    'fail',
    1,
  ],
  [
    'a keyring that does not open',
    { ...good, key: { unknown: 'no passphrase' } },
    'participant',
    'unknown',
    0,
  ],
  [
    'half of the replicas',
    withNode({ replicas: { value: [{ port: 5001, status: 'IDLE' }] } }),
    'replicas',
    'fail',
    1,
  ],
  ['replicas whose number nobody promised', withNode({ args: null }), 'replicas', 'unknown', 0],
  [
    'a version that is needed and not reported',
    {
      ...withNode({ versions: { value: { vllm_version: '0.28.0' } } }),
      known: { needs: { mlnode: '3.1.0' } } as DoctorFacts['known'],
    },
    'versions',
    'unknown',
    0,
  ],
  [
    'a replica in ERROR',
    withNode({
      replicas: {
        value: [
          { port: 5001, status: 'ERROR' },
          { port: 5002, status: 'IDLE' },
        ],
      },
    }),
    'replicas',
    'fail',
    1,
  ],
  [
    'a lost GPU',
    withNode({ gpus: { value: { count: 7, classes: ['H200'], lost: ['GPU 3: fell off'] } } }),
    'gpus',
    'fail',
    1,
  ],
  [
    'another name',
    withNode({ state: { value: { state: 'INFERENCE', loaded_model: '/data/model' } } }),
    'model',
    'warn',
    0,
  ],
  ['weights in part', withNode({ weights: { value: weightsOf('PARTIAL') } }), 'weights', 'warn', 0],
  ['a download before a load', withNode({ weights: { value: weightsOf('PARTIAL') } }), 'time', 'warn', 0],
  [
    'a model that is still to be switched to',
    withNode({ state: { value: { state: 'INFERENCE', loaded_model: 'b' } }, listedModels: ['b'] }),
    'model',
    'warn',
    0,
  ],
  ['a load of an hour', { ...good, load: { seconds: 3_600, source: 'measured' } }, 'time', 'warn', 0],
  ['a clock that is off', withNode({ clockSkewS: { value: 30 } }), 'clock', 'fail', 1],
  ['a public address', withNode({ url: 'http://203.0.113.7:8080' }), 'addresses', 'warn', 0],
  ['no reference', { ...good, references: { value: [] } }, 'reference', 'fail', 1],
  ['an unknown model', withChain({ isApproved: { value: false } }), 'approved', 'fail', 1],
  ['a chain that is behind', withChain({ isBehind: { value: true } }), 'network-node', 'fail', 1],
  ['PoC', epochsWith({ phase: 'PoCGenerate' }), 'time', 'fail', 3],
  ['confirmation PoC', epochsWith({ isConfirmationPocActive: true }), 'time', 'fail', 3],
  ['20 blocks left', epochsWith({ blockHeight: 1480 }), 'time', 'fail', 3],
  ['100 blocks left', epochsWith({ blockHeight: 1400 }), 'time', 'warn', 0],
  ['a full disk', { ...good, machine: { ...good.machine, freeGb: { value: 0.1 } } }, 'machine', 'fail', 1],
  [
    'no inferenced',
    { ...good, machine: { ...good.machine, inferenced: { unknown: 'ENOENT' } } },
    'inferenced',
    'fail',
    1,
  ],
  [
    'a failed node',
    {
      ...good,
      admin: {
        url: 'http://127.0.0.1:9200',
        listed: {
          value: [{ node: { id: 'n' } as never, state: { current_status: 'FAILED', failure_reason: 'x' } }],
        },
      },
    },
    'admin',
    'fail',
    1,
  ],
];

describe('the doctor', () => {
  it('finds nothing on a host that is in order', () => {
    const { findings, exitCode } = examine(good);
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it.each(CASES)('says of %s that it is one', (_what, facts, check, state, code) => {
    const { findings, exitCode } = examine(facts);
    const found = findings.filter((finding) => finding.check === check && finding.state === state);
    expect(found).toHaveLength(1);
    if (state === 'fail') expect(found[0]?.advice).toBeTruthy();
    expect(exitCode).toBe(code);
  });

  it('takes a node that waits for its first PoC for no failure', () => {
    const state = { current_status: 'FAILED', failure_reason: 'No epoch models available for this node' };
    const listed = { value: [{ node: { id: 'n' } as never, state }] };
    expect(examine({ ...good, admin: { url: 'http://127.0.0.1:9200', listed } }).exitCode).toBe(0);
  });

  it('calls nothing good that is not known', () => {
    const unknown = { unknown: 'no answer within 9 s' };
    const facts = withNode({ gpus: unknown, replicas: unknown, weights: unknown });
    const { findings, exitCode } = examine(facts);
    for (const check of ['gpus', 'replicas', 'weights'])
      expect(findings.find((finding) => finding.check === check)?.state).toBe('unknown');
    expect(exitCode).toBe(0);
    expect(examinationText({ findings, exitCode }, createColors(false))).toMatch(/not known$/);
  });

  it('tells which weights are where, and breaks no word at 80 columns', () => {
    const examination = examine(
      withNode({ state: { value: { state: 'INFERENCE', loaded_model: '/data/m' } } }),
    );
    const text = examinationText(examination, createColors(false), 80);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'DOWNLOADED: a/model, head of the branch; in /data/hub, 594 GB taken, 900 GB free',
    );
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it.each(CASES)('says it in Chinese as well: %s', async (_what, facts) => {
    await useLanguage('zh');
    try {
      const text = examinationText(examine({ ...facts, known: null }), createColors(false), 80);
      // Commands stay, and what these facts hold.
      const own =
        /`[^`]*`|assay [a-z]+[ a-z-]*|check the URL|no passphrase|of the same GPU class|connection refused|fell off|timedatectl [a-z- ]*/g;
      expect(text.replaceAll(/\s+/g, ' ').replaceAll(own, '')).not.toMatch(/[a-z]{2,} [a-z]{2,}/);
      expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);
    } finally {
      await useLanguage('en');
    }
  });

  it('says nothing about what was not given', () => {
    const { findings } = examine({ ...good, model: null, references: null, mlNodes: [], chain: null });
    expect(new Set(findings.map(({ check }) => check))).toEqual(new Set(['inferenced', 'machine']));
  });

  it('has a name of its own for each check', () => {
    const names = checks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
