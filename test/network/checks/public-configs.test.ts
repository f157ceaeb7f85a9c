import { describe, expect, it } from 'vitest';
import { listDeployConfigs } from '../../../src/models/deploy-config.js';
import { argForms } from '../../../src/network/checks/arg-forms.js';
import { argTokens } from '../../../src/network/checks/arg-tokens.js';
import { batchedTokens } from '../../../src/network/checks/batched-tokens.js';
import type { ChangeFacts } from '../../../src/network/checks/check.js';
import { firstArg } from '../../../src/network/checks/first-arg.js';
import { gpuErrors } from '../../../src/network/checks/gpu-errors.js';
import { gpus } from '../../../src/network/checks/gpus.js';
import { cuda, driver, mlnodeVersion } from '../../../src/network/checks/needs.js';
import { reasoningParser } from '../../../src/network/checks/reasoning-parser.js';
import { replicaSize } from '../../../src/network/checks/replica-size.js';
import { startTime } from '../../../src/network/checks/start-time.js';
import { modelFacts } from '../../../src/network/known-models.js';
import { goodFacts, nodeObject } from './facts.js';

const SEQ_LEN = 1024;
const MINIMAX = 'MiniMaxAI/MiniMax-M2.7';
const GLM = 'zai-org/GLM-5.3-Flash';
const KIMI = 'moonshotai/Kimi-K2.6';

type Wanted = Partial<ChangeFacts['nodes'][number]>;

async function factsOf(model: string, args: string[], changes: Wanted = {}): Promise<ChangeFacts> {
  const facts = goodFacts();
  return {
    ...facts,
    models: { [model]: await modelFacts(model, SEQ_LEN) },
    nodes: facts.nodes.map((wanted) => ({
      ...wanted,
      node: nodeObject({ models: { [model]: { args } } }),
      ...changes,
    })),
  };
}

const configs = (await listDeployConfigs()).flatMap((each) => ('config' in each ? [each.config] : []));
const tokens = factsOf;

describe('every config that comes along, on a node of its class', () => {
  it('is a list of them', () => {
    expect(configs.length).toBeGreaterThanOrEqual(27);
  });

  it.each(configs.map((config) => [config.model, config.gpu, config.variant ?? 'default', config] as const))(
    '%s on %s (%s) passes the checks of its arguments',
    async (model, gpu, _, { args }) => {
      const facts = await factsOf(model, args, { gpuClasses: gpu === 'default' ? [] : [gpu] });
      const checks = [
        argTokens,
        firstArg,
        argForms,
        batchedTokens,
        gpus,
        replicaSize,
        driver,
        cuda,
        mlnodeVersion,
      ];
      expect(
        checks
          .map((check) => [check.name, check.judge(facts)])
          .filter(([, found]) => (found as { state: string }).state === 'fail'),
      ).toEqual([]);
      expect(argForms.judge(facts).state).toBe('ok');
      // Its parser is right for one side of vLLM 0.28.
      const old = await factsOf(model, args, { versions: { ...facts.nodes[0]!.versions, vllm: '0.20.1' } });
      const passes = [facts, old].map((each) => reasoningParser.judge(each).state !== 'fail');
      expect(passes).toContain(true);
    },
  );
});

describe('the checks of arguments', () => {
  const versions = goodFacts().nodes[0]!.versions;

  it.each([
    [
      batchedTokens,
      tokens(KIMI, ['--max-num-batched-tokens', '16384']),
      'fail',
      '32 × 1024 = 32768 tokens is over',
    ],
    [batchedTokens, tokens(KIMI, ['--max-num-batched-tokens=32768']), 'ok', 'fits 32768'],
    [batchedTokens, tokens(KIMI, ['--max_num_batched_tokens', '16384'], { pocBatch: 16 }), 'ok', '16 × 1024'],
    [batchedTokens, tokens(KIMI, ['--max-num-batched-tokens', '65536'], { pocBatch: 128 }), 'fail', 'over'],
    [batchedTokens, tokens(KIMI, ['--max-num-batched-tokens', '-1']), 'fail', 'no number of tokens'],
    [batchedTokens, tokens(KIMI, []), 'warn', 'not given'],
    [batchedTokens, tokens('a/b', ['--max-num-batched-tokens', '8']), 'warn', 'not known for a/b'],
    [
      batchedTokens,
      tokens(GLM, ['--max-num-batched-tokens', '8192'], { gpuClasses: ['H100'] }),
      'ok',
      '8 × 1024',
    ],
    [
      batchedTokens,
      tokens(GLM, ['--max-num-batched-tokens', '8192'], { gpuClasses: ['B200', 'H100'] }),
      'fail',
      '32 × 1024',
    ],
    [
      replicaSize,
      tokens(KIMI, []),
      'fail',
      '1 GPU a replica, and the known config of moonshotai/Kimi-K2.6 on B200 takes 4',
    ],
    [replicaSize, tokens(KIMI, ['-tp', '2']), 'warn', '2 GPUs a replica'],
    [replicaSize, tokens(KIMI, ['-tp', '2', '-pp', '2']), 'ok', '4 GPUs a replica'],
    [replicaSize, tokens(KIMI, [], { gpuClasses: ['A100'] }), 'fail', 'takes 4'],
    [replicaSize, tokens('a/b', []), 'warn', 'no config of a/b is known'],
    [
      reasoningParser,
      tokens(MINIMAX, ['--reasoning-parser', 'minimax_m2_append_think']),
      'fail',
      'wants minimax_m2 for',
    ],
    [reasoningParser, tokens(MINIMAX, ['--reasoning-parser=minimax_m2']), 'ok', 'on vLLM 0.28.1'],
    [
      reasoningParser,
      tokens(MINIMAX, ['--reasoning-parser', 'minimax_m2'], { versions: { ...versions, vllm: '0.27.9' } }),
      'fail',
      'minimax_m2_append_think',
    ],
    [
      reasoningParser,
      tokens(MINIMAX, ['--reasoning-parser', 'minimax_m2'], { versions: { ...versions, vllm: null } }),
      'warn',
      'does not report',
    ],
    [reasoningParser, tokens(MINIMAX, ['--reasoning-parser']), 'fail', 'has no value'],
    [reasoningParser, tokens(MINIMAX, []), 'ok', 'none'],
    [driver, tokens(GLM, []), 'ok', '580'],
    [
      driver,
      tokens(GLM, [], { versions: { ...versions, driver: '575.57' } }),
      'fail',
      'needs NVIDIA driver 580',
    ],
    [cuda, tokens(GLM, [], { versions: { ...versions, cuda: '12.9' } }), 'fail', 'needs CUDA 13'],
    [mlnodeVersion, tokens(GLM, [], { versions: { ...versions, mlnode: '3.0.17' } }), 'fail', 'has 3.0.17'],
    [mlnodeVersion, tokens(GLM, [], { versions: { ...versions, mlnode: null } }), 'warn', 'does not report'],
    [mlnodeVersion, tokens(KIMI, [], { versions: { ...versions, mlnode: null } }), 'ok', 'no requirement'],
    [startTime, tokens(KIMI, []), 'warn', 'VLLM_RUNNER_TIMEOUT (default 1,200 s)'],
    [startTime, tokens(KIMI, [], { gpuClasses: ['H200'] }), 'ok', 'no GPU'],
    [gpuErrors, tokens(KIMI, [], { lostGpus: ['GPU 1: lost'] }), 'warn', 'not counted: GPU 1: lost'],
    [gpuErrors, tokens(KIMI, [], { xid: ['XID 79'] }), 'warn', 'XID 79'],
    [gpuErrors, tokens(KIMI, [], { xid: [] }), 'ok', 'none'],
  ] as const)('%# %s %s %s', async (check, facts, state, text) => {
    const finding = check.judge(await facts);
    expect(finding).toMatchObject({ state, text: expect.stringContaining(text) });
    if (state === 'fail') expect(`${finding.text} ${finding.advice}`).not.toContain('undefined');
  });
});
