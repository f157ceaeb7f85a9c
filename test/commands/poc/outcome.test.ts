import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PocHost, PocScript } from '../../../src/simulator/chain/poc/stage.js';
import { assayHere } from '../../support/assay.js';
import { addressOf, KIMI, useChains } from '../../support/chain.js';
import { useTempFolder } from '../../support/temp.js';

const simulate = useChains();
const temp = useTempFolder();
const MODEL = 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8';
/** The PoC of the simulated epoch: begun at 3,874,196, its epoch formed at 3,874,222. */
const IN_TIME = ['--at-height', '3874221'];

const outcome = async (url: string, ...args: string[]) => {
  const { exitCode, stdout, stderr } = await assayHere(['poc', 'outcome', '--node', url, '--json', ...args]);
  return { exitCode, stderr, json: stdout === '' ? null : JSON.parse(stdout) };
};
const participantOf = (
  json: { models: { model_id: string; participants: { address: string }[] }[] },
  name: string,
) =>
  json.models
    .find(({ model_id }) => model_id === MODEL)
    ?.participants.find(({ address }) => address === addressOf(name)) as Record<string, unknown> | undefined;

const SCRIPTS: [string, PocScript][] = [
  ['all honest', {}],
  [
    'a cheater, a blind validator, no distribution',
    {
      hosts: {
        host2: { votes: 'against_all' },
        host3: { cheats: true },
        host4: { distribution: false },
        host5: { votes: 'silent' },
        host6: { commits: false },
      },
    },
  ],
  [
    'power instead of slots',
    { validationSlots: 0, hosts: { host1: { votes: 'silent' }, host3: { cheats: true } } },
  ],
  [
    'guardians decide',
    { networkWeightFactor: 3, hosts: { host3: { cheats: true }, host8: { guardian: true } } },
  ],
  ['nobody decides', { networkWeightFactor: 3 }],
  [
    'votes by own GPU class',
    { hosts: { host2: { gpu: 'B200', votes: 'own_class' }, host1: { votes: 'own_class' } } },
  ],
  ['doubled votes, not normalised', { doublesVotes: true, normalised: false, thresholdBps: 6667 }],
];

describe.each(['v0.2.14', 'v0.2.16', 'v0.2.17'])('poc outcome on a chain of %s', (version) => {
  it.each(SCRIPTS)("comes to the simulator's own verdict: %s", async (_name, poc) => {
    const { url } = await simulate({ version, poc, newShape: version !== 'v0.2.14' });
    const { exitCode, json } = await outcome(url, '--all', ...IN_TIME);
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({
      height: 3_874_196,
      epoch: 250,
      rules: { chain_version: version, warning: null },
    });
    const participants = json.models.find(
      ({ model_id }: { model_id: string }) => model_id === MODEL,
    ).participants;
    expect(participants).toHaveLength(poc.hosts?.['host6']?.commits === false ? 7 : 8);
    for (const one of participants) {
      expect(one.weight_on_chain).not.toBeNull();
      expect(one.weight_computed).toBe(one.weight_on_chain);
      expect(one.raw_weight_computed).toBe(one.raw_weight_on_chain);
      expect(one.differences).toEqual([]);
    }
  });
});

it('agrees with the simulator whatever hosts do', async () => {
  const host: fc.Arbitrary<Partial<PocHost>> = fc.record({
    rate: fc.integer({ min: 0, max: 50 }),
    cheats: fc.boolean(),
    commits: fc.boolean(),
    distribution: fc.boolean(),
    guardian: fc.boolean(),
    gpu: fc.constantFrom('H100', 'B200'),
    votes: fc.constantFrom('honest', 'against_all', 'own_class', 'for_all', 'silent'),
  });
  const script = fc.record({
    validationSlots: fc.constantFrom(0, 3, 128),
    networkWeightFactor: fc.constantFrom(0, 1, 2),
    hosts: fc.dictionary(fc.constantFrom('host1', 'host2', 'host3', 'host4', 'host8'), host, {
      noNullPrototype: true,
    }),
  });
  await fc.assert(
    fc.asyncProperty(script, async (poc) => {
      const { url } = await simulate({ poc });
      const { json } = await outcome(url, '--all', '--model', MODEL, ...IN_TIME);
      for (const one of json.models[0].participants)
        expect(one.raw_weight_computed).toBe(one.raw_weight_on_chain);
    }),
    { numRuns: 15 },
  );
});

describe('causes', () => {
  it('are told where the chain tells them', async () => {
    const { url } = await simulate({ poc: SCRIPTS[1]![1] });
    const { json } = await outcome(url, '--all', ...IN_TIME);
    const codes = (name: string) =>
      ((participantOf(json, name)?.['causes'] ?? []) as { code: string }[]).map(({ code }) => code);
    expect(codes('host1')).toEqual([]);
    expect(codes('host4')).toEqual(['no_distribution']);
    expect(codes('host3')).toEqual(['against_everybody']);
    expect(participantOf(json, 'host3')).toMatchObject({
      accepted: false,
      decided_by: 'majority_invalid',
      weight_computed: '0',
      not_known: [{ code: 'other_gpu_class' }, { code: 'missed_early_share' }],
    });
    expect(participantOf(json, 'host4')).toMatchObject({ accepted: true, weight_computed: '0', nodes: [] });
  });

  it('name a host that committed nothing', async () => {
    const { url } = await simulate({ poc: { hosts: { host6: { commits: false } } } });
    const { json } = await outcome(url, '--address', addressOf('host6'), ...IN_TIME);
    expect(participantOf(json, 'host6')).toMatchObject({
      count: 0,
      root_hash: null,
      causes: [{ code: 'no_commit' }],
    });
  });

  it('name validators on other GPU classes only with a hardware file', async () => {
    const hosts = Object.fromEntries(
      ['host1', 'host3', 'host4', 'host5', 'host6', 'host7', 'host8'].map((name) => [
        name,
        { votes: 'own_class' as const },
      ]),
    );
    const { url } = await simulate({ poc: { hosts: { ...hosts, host2: { gpu: 'B200' } } } });
    const classes = ['host1', 'host3', 'host4', 'host5', 'host6', 'host7', 'host8'].map(
      (name) => `${addressOf(name)}: H100`,
    );
    const file = await temp.write('gpus.yaml', [...classes, `${addressOf('host2')}: B200`].join('\n'));
    const { json } = await outcome(url, '--address', addressOf('host2'), '--hardware', file, ...IN_TIME);
    expect(participantOf(json, 'host2')?.['causes']).toMatchObject([
      { code: 'other_gpu_class', evidence: expect.stringContaining('run H100, the host B200') },
    ]);
    await temp.write('gpus.yaml', `${addressOf('host2')}: B200`);
    const some = await outcome(url, '--address', addressOf('host2'), '--hardware', file, ...IN_TIME);
    expect(participantOf(some.json, 'host2')).toMatchObject({
      causes: [],
      not_known: [{ code: 'other_gpu_class' }, {}],
    });
  });

  it('say that a majority cannot be reached', async () => {
    const { url } = await simulate({ poc: { networkWeightFactor: 3 } });
    const { json } = await outcome(url, '--address', addressOf('host1'), ...IN_TIME);
    expect(participantOf(json, 'host1')).toMatchObject({
      decided_by: 'no_validation',
      slots: { sampled: 5 },
      causes: [{ code: 'majority_out_of_reach' }],
    });
  });
});

describe('poc outcome refuses', () => {
  it.each([
    [
      'a height without a stage',
      ['--height', '3874300'],
      /no PoC stage is saved under height 3874300.*--epoch 250/,
    ],
    ['a height in the future', ['--height', '9999999'], /height 9999999 is not reached yet/],
    ['an epoch in the future', ['--epoch', '251'], /epoch 251 has not started/],
    ['an epoch that is forgotten', ['--epoch', '12'], /keeps no commits and no votes of the PoC of epoch 12/],
    [
      'a model that it does not name',
      ['--model', 'x/y'],
      /model "x\/y" is not in this PoC; .*known are: Qwen/,
    ],
    ['both ways at once', ['--epoch', '250', '--height', '3874196'], /give one of them/],
  ])('%s', async (_name, args, message) => {
    const { url } = await simulate();
    const { exitCode, stderr } = await outcome(url, '--all', ...args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('no question without a host', async () => {
    const { exitCode, stderr } = await outcome('http://127.0.0.1:1');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/no host is given; add --address/);
  });

  it('a node that pruned the state', async () => {
    const { url } = await simulate({ poc: { keepsStateFrom: 3_874_230 } });
    const { exitCode, stderr } = await outcome(url, '--all', ...IN_TIME);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/no longer has the chain's state at height 3874221.*ask an archive node/);
  });

  it('to decide when the voting powers are gone, and says until when they were there', async () => {
    const { url } = await simulate();
    const { exitCode, stderr, json } = await outcome(url, '--address', addressOf('host1'));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/until block 3874221.*archive node, with --at-height 3874221.*poc watch/);
    expect(participantOf(json, 'host1')).toMatchObject({
      count: 2400,
      accepted: null,
      decided_by: null,
      weight_computed: null,
      weight_on_chain: '2325',
    });
  });
});

describe('coefficients', () => {
  const models = [
    { modelId: MODEL, active: true, coefficient: { value: '246', exponent: -3 } },
    { modelId: KIMI },
  ];
  it.each(['v0.2.14', 'v0.2.16', 'v0.2.17'])('are those of the epoch on %s', async (version) => {
    const { url } = await simulate({ version, models });
    const { json } = await outcome(url, '--all', ...IN_TIME);
    expect(json.models[0]).toMatchObject({ model_id: MODEL, coefficient: '0.246' });
    expect(participantOf(json, 'host1')).toMatchObject({ weight_computed: '571', weight_on_chain: '571' });
  });

  it('are not known, and never one, where a chain of v0.2.16 tells none', async () => {
    const { url } = await simulate({
      models: [{ modelId: MODEL, active: true, coefficient: { value: '0', exponent: 0 } }],
    });
    const { json } = await outcome(url, '--all', ...IN_TIME);
    expect(json.models[0].coefficient).toBeNull();
    expect(json.warnings).toContainEqual(expect.stringMatching(/does not report its coefficient/));
    expect(participantOf(json, 'host1')).toMatchObject({
      weight_computed: null,
      raw_weight_computed: '2325',
    });
  });
});

it('says of a newer chain that the rules may have changed', async () => {
  const { url } = await simulate({ version: 'v0.2.18' });
  const { json, stderr } = await outcome(url, '--all', ...IN_TIME);
  expect(json.rules.warning).toMatch(/v0.2.18, newer than the rules/);
  expect(stderr).toMatch(/newer than the rules/);
});

it('tells people the same', async () => {
  const { url } = await simulate({ poc: SCRIPTS[1]![1] });
  const { stdout } = await assayHere([
    'poc',
    'outcome',
    '--node',
    url,
    '--address',
    addressOf('host3'),
    ...IN_TIME,
  ]);
  expect(stdout).toMatch(/^rules +v0\.2\.14 to v0\.2\.17; the chain is v0\.2\.16$/m);
  expect(stdout).toMatch(/^committed +2400 nonces: node1 1200, node2 1200$/m);
  expect(stdout).toMatch(/^came out +rejected by the majority against it$/m);
  expect(stdout).toMatch(/^weight +0 by the rules \(2325, had it been accepted\); the chain has 0$/m);
  expect(stdout).toMatch(/^not known +missed early share: .*poc watch/m);
});
