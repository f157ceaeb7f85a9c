import { describe, expect, it } from 'vitest';
import { differences } from '../../src/network/compare.js';
import type { NodeObject } from '../../src/network/node-object.js';
import { KIMI, nodeObject, QWEN } from './checks/facts.js';

const OVERRIDE = { hf_repo: 'someone/int4', hf_commit: 'a'.repeat(40) };
const CONFIG = { args: ['--tensor-parallel-size', '4', '--max-model-len', '240000'] };

describe('what came back against what was sent', () => {
  it('is the same with what the network node adds by itself', () => {
    const listed = { ...nodeObject(), inference_segment: '', poc_segment: '', hardware: [], node_num: 3 };
    expect(differences(nodeObject(), listed)).toEqual([]);
    expect(differences({ ...nodeObject(), hardware: null, poc_segment: '' }, nodeObject())).toEqual([]);
  });

  it.each<[string, Partial<NodeObject>, string]>([
    ['a port', { poc_port: 8081 }, 'poc_port is 8081 instead of 8080'],
    ['a segment', { poc_segment: '/v1' }, 'poc_segment is "/v1" instead of ""'],
    [
      'other weights that nobody asked for',
      { models: { [KIMI]: { ...nodeObject().models[KIMI], args: [], model_override: OVERRIDE } } },
      `model_override was added: {"hf_repo":"someone/int4"`,
    ],
    ['a dropped model', { models: {} }, `model ${KIMI} was dropped`],
    [
      'an added model',
      { models: { ...nodeObject().models, [QWEN]: { args: [] } } },
      `model ${QWEN} was added`,
    ],
    [
      'a changed argument',
      { models: { [KIMI]: { args: ['--tensor-parallel-size', '4', '--max-model-len', '1'] } } },
      '--max-model-len is 1 instead of 240000',
    ],
    [
      'a lost argument',
      { models: { [KIMI]: { args: [] } } },
      '--tensor-parallel-size is absent instead of 4',
    ],
    [
      'another order',
      { models: { [KIMI]: { args: ['--max-model-len', '240000', '--tensor-parallel-size', '4'] } } },
      'in another order or form',
    ],
  ])('names %s', (_, changes, text) => {
    const wanted = { ...nodeObject(), poc_segment: '' };
    expect(differences(wanted, nodeObject(changes)).join(', ')).toContain(text);
  });

  it.each<[string, Partial<NodeObject>, string | undefined]>([
    ['kept as sent', {}, undefined],
    ['dropped', { models: { [KIMI]: { ...CONFIG } } }, `model_override was not kept (model ${KIMI})`],
    [
      'of another commit',
      { models: { [KIMI]: { ...CONFIG, model_override: { ...OVERRIDE, hf_commit: 'b'.repeat(40) } } } },
      `"hf_commit":"${'b'.repeat(40)}"} instead of`,
    ],
    ['with an unknown field lost', { site: undefined } as object, 'site was not kept'],
    [
      'with an unknown field of the model changed',
      { models: { [KIMI]: { ...CONFIG, model_override: OVERRIDE, dtype: 'auto' } } },
      'dtype is "auto" instead of "bfloat16"',
    ],
  ])('compares other weights and unknown fields: %s', (_, changes, text) => {
    const models = { [KIMI]: { ...CONFIG, model_override: OVERRIDE, dtype: 'bfloat16' } };
    const wanted = { ...nodeObject(), models, site: 'ams' } as NodeObject;
    const found = differences(wanted, { ...wanted, ...changes }).join(', ');
    if (text === undefined) expect(found).toBe('');
    else expect(found).toContain(text);
  });

  it('never shows a token, wherever it stands', () => {
    const nested = (password: string) => ({ ...nodeObject(), proxy: { password, port: 1 } }) as NodeObject;
    expect(differences(nested('hush'), nested('other'))).toEqual([
      'proxy is {"password":"…","port":1} instead of {"password":"…","port":1}',
    ]);
    const found = differences(
      { ...nodeObject(), auth_token: 'hush' } as NodeObject,
      { ...nodeObject(), auth_token: 'other' } as NodeObject,
    );
    expect(found).toEqual(['auth_token differs']);
  });
});
