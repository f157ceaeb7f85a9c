import { describe, expect, it } from 'vitest';
import { adminUrl } from '../../../src/network/checks/admin-url.js';
import { argForms } from '../../../src/network/checks/arg-forms.js';
import { argTokens } from '../../../src/network/checks/arg-tokens.js';
import type { ChangeFacts } from '../../../src/network/checks/check.js';
import { config } from '../../../src/network/checks/config.js';
import { confirmationPoc } from '../../../src/network/checks/confirmation-poc.js';
import { epochModel } from '../../../src/network/checks/epoch-model.js';
import { firstArg } from '../../../src/network/checks/first-arg.js';
import { gpus } from '../../../src/network/checks/gpus.js';
import { id } from '../../../src/network/checks/id.js';
import { checkNames, requirePassed, runChecks } from '../../../src/network/checks/index.js';
import { modelApproved } from '../../../src/network/checks/model-approved.js';
import { modelArgs } from '../../../src/network/checks/model-args.js';
import { phase } from '../../../src/network/checks/phase.js';
import { pocWindow } from '../../../src/network/checks/poc-window.js';
import { weights } from '../../../src/network/checks/weights.js';
import type { Weights } from '../../../src/run/report.js';
import { factsFor, goodFacts, KIMI, listedNode, nodeObject, QWEN } from './facts.js';

const UNKNOWN = { unknown: 'GET …: cannot connect' };
const good = goodFacts();
const epochs = 'value' in good.epochs ? good.epochs.value : undefined!;

const withEpochs = (changes: Partial<typeof epochs>) =>
  goodFacts({ epochs: { value: { ...epochs, ...changes } } });
const withArgs = (...args: string[]) => factsFor(nodeObject({ models: { [KIMI]: { args } } }));
const withGpus = (count: number | null, facts = good) => ({
  ...facts,
  nodes: facts.nodes.map((wanted) => ({ ...wanted, gpuCount: { value: count } })),
});
const HEAD: Weights = { repository: KIMI, commit: null, from: 'head' };
const PINNED: Weights = {
  ...HEAD,
  commit: '7872f01b1d1fe23eabc4c98b48bffcef5a386062',
  from: '--revision',
};
const withWeights = (status: string | null, weights = HEAD) => ({
  ...good,
  nodes: good.nodes.map((wanted) => ({ ...wanted, weights: { value: { [KIMI]: { status, weights } } } })),
});
const inEpoch = (change: ChangeFacts['change'], model: string) =>
  goodFacts({ change, listed: [listedNode(nodeObject(), { epoch_ml_nodes: { [model]: {} } })] });

describe('each check of a change', () => {
  it.each([
    [phase, good, 'ok', 'Inference at height 1000'],
    [phase, withEpochs({ phase: 'PoCGenerate' }), 'fail', 'PoCGenerate'],
    [phase, withEpochs({ phase: 'PoCValidateWindDown' }), 'fail', 'PoCValidateWindDown'],
    [phase, goodFacts({ epochs: UNKNOWN }), 'fail', 'not known: '],

    [confirmationPoc, good, 'ok', 'none'],
    [confirmationPoc, withEpochs({ isConfirmationPocActive: true }), 'fail', 'active'],
    [confirmationPoc, goodFacts({ epochs: UNKNOWN }), 'fail', 'not known: '],

    // 360 blocks of 5 s are exactly the 30 min that a load takes.
    [pocWindow, good, 'ok', '360 blocks'],
    [pocWindow, withEpochs({ blockHeight: 1001 }), 'fail', '359 blocks'],
    [pocWindow, goodFacts({ loadTimeS: 1801 }), 'fail', 'a load takes 30 min'],
    [pocWindow, goodFacts({ blockTimeS: UNKNOWN }), 'fail', 'not known: '],
    [pocWindow, goodFacts({ epochs: UNKNOWN }), 'fail', 'not known: '],

    [config, good, 'ok', 'valid'],
    [config, factsFor(nodeObject({ id: ' ' })), 'fail', 'the id is blank'],
    [config, factsFor(nodeObject({ host: ' ' })), 'fail', 'the host is blank'],
    [config, goodFacts({ listed: [listedNode(nodeObject())] }), 'ok', 'valid'],
    [
      config,
      goodFacts({ listed: [listedNode(nodeObject({ id: 'a', poc_port: 1 }))] }),
      'fail',
      'inference_port 5050',
    ],
    [
      config,
      goodFacts({ listed: [listedNode(nodeObject({ id: 'a', inference_port: 1 }))] }),
      'fail',
      'poc_port 8080',
    ],
    [config, goodFacts({ listed: [listedNode(nodeObject({ id: 'a', host: 'other' }))] }), 'ok', 'valid'],

    [id, good, 'ok', 'new'],
    [id, goodFacts({ listed: [listedNode(nodeObject())] }), 'fail', 'known already'],
    [id, goodFacts({ change: 'update' }), 'fail', 'not known'],
    [id, goodFacts({ change: 'deploy' }), 'ok', 'new'],
    [id, goodFacts({ change: 'deploy', listed: [listedNode(nodeObject())] }), 'ok', 'known'],

    [modelApproved, good, 'ok', 'approved'],
    [
      modelApproved,
      factsFor(nodeObject({ models: { [KIMI]: { args: [] }, [QWEN]: { args: [] } } })),
      'fail',
      QWEN,
    ],
    [modelApproved, goodFacts({ approved: UNKNOWN }), 'fail', 'not known: '],

    [modelArgs, good, 'ok', 'agree'],
    [modelArgs, withArgs(), 'ok', 'agree'],
    [modelArgs, withArgs('--max-model-len=240000'), 'ok', 'agree'],
    [
      modelArgs,
      withArgs('--max-model-len', '1'),
      'fail',
      '--max-model-len is 1 here and 240000 on the chain',
    ],
    [modelArgs, goodFacts({ approved: UNKNOWN }), 'fail', 'not known: '],

    [gpus, good, 'ok', '2 × 4 of 8 GPUs'],
    [gpus, withGpus(4), 'ok', '1 × 4 of 4 GPUs'],
    [gpus, withGpus(3), 'fail', 'a replica takes 4 GPUs, the node has 3'],
    [gpus, withGpus(6), 'warn', '2 stay idle'],
    [gpus, withGpus(null), 'warn', 'does not report'],
    [gpus, withGpus(8, withArgs('-pp', '2')), 'ok', '4 × 2 of 8 GPUs'],
    [argForms, withArgs('-pp', '2'), 'warn', 'is 2 for the newest nodes and 1 for older'],
    [
      gpus,
      withGpus(8, withArgs('--pipeline-parallel-size', '2', '--tensor-parallel-size', '8')),
      'fail',
      '16 GPUs',
    ],
    [gpus, withArgs('--tensor-parallel-size=4'), 'ok', '2 × 4 of 8 GPUs'],
    [argForms, withArgs('--tensor-parallel-size=4'), 'warn', '4 for the newest nodes and 1 for older'],
    [argForms, withArgs('--tensor_parallel_size', '4'), 'warn', 'not known how this node'],
    [argForms, withArgs('-tp=4'), 'warn', '4 for the newest'],
    [argForms, withArgs('--tensor-parallel-size', '2', '-tp', '4'), 'warn', '4 for the newest nodes and 2'],
    [argForms, withArgs('--tensor-parallel-size', '4'), 'ok', 'every node'],
    [argForms, withArgs('-tp', '1'), 'ok', 'every node'],
    [argTokens, withArgs('--x', '-1', '--y', '-0.5'), 'ok', '4 arguments'],
    [argTokens, withArgs('--compilation-config={"a": "b --c"}', '--d', '{"e": 1}'), 'ok', 'one token each'],
    [argTokens, withArgs('--tensor-parallel-size 4'), 'fail', '"--tensor-parallel-size 4" is one token'],
    [argTokens, withArgs('-tp 4'), 'fail', '"-tp 4" is one token'],
    [argTokens, withArgs('--a=1 --b=2'), 'fail', 'is one token'],
    [argTokens, withArgs('--a', ' --b'), 'fail', 'begins with a blank'],
    [argTokens, withArgs('\u2014a', '1'), 'fail', 'no hyphen'],
    [firstArg, withArgs('tensor-parallel-size', '4'), 'fail', '"tensor-parallel-size" is no flag'],
    [firstArg, withArgs('4', '--a'), 'fail', '"4" is no flag'],
    [firstArg, withArgs(), 'ok', 'a flag'],
    [gpus, withArgs('--tensor-parallel-size', '0'), 'fail', 'must be a size, not 0'],
    [gpus, withArgs('--tensor-parallel-size'), 'fail', 'is no size'],
    [gpus, withArgs(), 'ok', '8 × 1 of 8 GPUs'],
    [gpus, { ...good, nodes: [{ ...good.nodes[0]!, gpuCount: UNKNOWN }] }, 'fail', 'not known: '],

    [weights, good, 'ok', 'downloaded'],
    [weights, withWeights('PARTIAL'), 'fail', 'PARTIAL'],
    [weights, withWeights('NOT_FOUND'), 'fail', 'NOT_FOUND'],
    [weights, withWeights('DOWNLOADED', PINNED), 'ok', '(commit 7872f01 from --revision) is downloaded'],
    [weights, withWeights(null), 'warn', 'does not report'],
    [weights, { ...good, nodes: [{ ...good.nodes[0]!, weights: UNKNOWN }] }, 'fail', 'not known: '],

    [epochModel, good, 'ok', 'no part'],
    [epochModel, inEpoch('deploy', KIMI), 'ok', 'serves moonshotai'],
    [epochModel, inEpoch('deploy', QWEN), 'fail', 'until the epoch ends'],
    [epochModel, inEpoch('switch', QWEN), 'fail', 'until the epoch ends'],
    [epochModel, inEpoch('update', QWEN), 'warn', 'until the epoch ends'],

    ...[
      'http://localhost:9200',
      'http://127.0.0.2:9200',
      'http://[::1]:9200',
      'http://10.1.2.3:9200',
      'http://192.168.0.9:9200',
      'http://[fd12::1]:9200',
      'http://api:9200',
      'http://node.internal:9200',
    ].map((url) => [adminUrl, goodFacts({ adminUrl: url }), 'ok', 'private'] as const),
    ...[
      'http://8.8.8.8:9200',
      'http://172.32.0.1:9200',
      'http://[2001:db8::1]:9200',
      'https://node3.gonka.ai',
    ].map((url) => [adminUrl, goodFacts({ adminUrl: url }), 'warn', 'private'] as const),
  ] as const)('$name: $1', (check, facts, state, text) => {
    const finding = check.judge(facts as ChangeFacts);
    expect(finding).toMatchObject({ state, text: expect.stringContaining(text) });
    if (state !== 'ok' && !finding.text.includes('does not report') && !finding.text.includes('idle'))
      expect(finding.text.includes('not known: ') || finding.advice !== undefined).toBe(true);
  });

  it('finds an id twice and a port twice within one file', () => {
    const [wanted] = good.nodes;
    const twice = { ...wanted!, node: nodeObject() };
    expect(config.judge({ ...good, nodes: [wanted!, twice] }).text).toContain('the id is given twice');
    const clash = { ...wanted!, node: nodeObject({ id: 'node2', poc_port: 1 }) };
    expect(config.judge({ ...good, nodes: [wanted!, clash] }).text).toContain('is used by node node2');
  });
});

describe('the checks together', () => {
  it('let a good change through, and judge less where nothing is loaded', () => {
    const results = runChecks(good, []);
    expect(results.map(({ check }) => check)).toEqual(checkNames);
    expect(() => requirePassed(results)).not.toThrow();
    const disabling = runChecks(goodFacts({ change: 'disable', nodes: [] }), []);
    expect(disabling.map(({ check }) => check)).toEqual(['admin-url', 'phase', 'confirmation-poc']);
  });

  it('are overridden one by one, by name', () => {
    const bad = withGpus(3, withEpochs({ phase: 'PoCValidate' }));
    expect(() => requirePassed(runChecks(bad, []))).toThrow(/phase .*gpus/);
    const halfForced = runChecks(bad, ['phase']);
    expect(halfForced.find(({ check }) => check === 'phase')?.state).toBe('forced');
    expect(() => requirePassed(halfForced)).toThrow(/gpus/);
    expect(() => requirePassed(runChecks(bad, ['phase', 'gpus']))).not.toThrow();
  });
});
