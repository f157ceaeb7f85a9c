import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOrigin, findDeployConfig } from '../../src/models/deploy-config.js';
import { buildNode, editArgs } from '../../src/network/build-node.js';
import { readNodeConfig, readOneNode } from '../../src/network/node-config.js';
import { mlNodeUrl } from '../../src/network/reach.js';

/** The operators' guide for Kimi K2.6 on 4×B200 and 8×B200. */
const KIMI_B200 = [
  ...['--tensor-parallel-size', '4'],
  '--enable-expert-parallel',
  '--trust-remote-code',
  ...['--mm-encoder-tp-mode', 'data'],
  ...['--tool-call-parser', 'kimi_k2'],
  ...['--reasoning-parser', 'kimi_k2'],
  ...['--attention-backend', 'FLASHINFER_MLA'],
  '--disable-custom-all-reduce',
  ...['--gpu-memory-utilization', '0.95'],
  ...['--max-num-seqs', '128'],
  ...['--max-model-len', '240000'],
];

const parts = {
  id: 'node1',
  host: '10.0.0.21',
  inferencePort: 5050,
  pocPort: 8080,
  maxConcurrent: 500,
  model: 'm',
  config: { args: [] },
};
const node = buildNode(parts);

describe('published arguments', () => {
  it('of the guide for Kimi on B200 stay as a variant, with their source', async () => {
    const found = await findDeployConfig('moonshotai/Kimi-K2.6', 'NVIDIA b200', 'guide');
    expect(found.config.args).toEqual(KIMI_B200);
    expect(configOrigin(found)).toBe(
      'the bootstrap guide of April 2026, published (gonka-ai/gonka, node-config-kimik26-B200.json)',
    );
  });

  it('are the newest ones where no variant is named, and say at which commit', async () => {
    const kimi = await findDeployConfig('moonshotai/Kimi-K2.6', 'B200');
    expect(kimi.config.args.join(' ')).toContain('mla_prefill_backend');
    const glm = await findDeployConfig('zai-org/GLM-5.3-Flash', 'h100');
    expect(configOrigin(glm)).toMatch(/^published at 699561b \(gonka-ai\/gonka, /);
  });

  it('of DeepSeek are the prefill ones of mainnet, and other weights are a variant', async () => {
    const prefill = await findDeployConfig('deepseek-ai/DeepSeek-V4-Flash-0731', 'B300');
    expect(prefill.config.args.slice(0, 2)).toEqual([
      '--revision',
      '7872f01b1d1fe23eabc4c98b48bffcef5a386062',
    ]);
    const nvfp4 = await findDeployConfig('deepseek-ai/DeepSeek-V4-Flash-0731', 'B300', 'nvfp4');
    expect(nvfp4.config.model_override?.hf_repo).toBe('MJPansa/DeepSeek-V4-Flash-0731-NVFP4');
    await expect(
      findDeployConfig('deepseek-ai/DeepSeek-V4-Flash-0731', 'B300', 'nvfp5'),
    ).rejects.toMatchObject({ line: expect.stringContaining('known are default, decode, nvfp4') });
  });

  it('name the known GPU classes and models where there are none', async () => {
    await expect(findDeployConfig('moonshotai/Kimi-K2.6', 'T4')).rejects.toThrow('unknown GPU class');
    await expect(findDeployConfig('no/model', 'H200')).rejects.toMatchObject({
      line: expect.stringContaining('moonshotai/Kimi-K2.6'),
    });
    await expect(findDeployConfig('Qwen/Qwen3-235B-A22B-Instruct-2507-FP8', 'H200')).rejects.toMatchObject({
      line: expect.stringContaining('B200'),
    });
  });

  it('can be changed, and a misspelt flag to drop is refused', () => {
    expect(
      editArgs(KIMI_B200, { tpSize: 8, dropArgs: ['--max-num-seqs'], setArgs: ['max-model-len=9', '--new'] }),
    ).toEqual([
      ...['--tensor-parallel-size', '8'],
      ...KIMI_B200.slice(2, 15),
      ...['--max-model-len', '9', '--new'],
    ]);
    expect(() => editArgs(KIMI_B200, { dropArgs: ['--max-num-seq'] })).toThrow('not among the arguments');
    expect(() => editArgs(KIMI_B200, { setArgs: ['=5'] })).toThrow('names no flag');
    expect(() => editArgs(KIMI_B200, { tpSize: 0 })).toThrow('positive integer');
  });
});

describe('node objects', () => {
  it.each([
    ['a port out of range', { pocPort: 65536 }, '/poc_port'],
    ['no number for a port', { inferencePort: Number.NaN }, '/inference_port'],
    ['an empty host', { host: '' }, '/host'],
    ['no concurrency', { maxConcurrent: 0 }, '/max_concurrent'],
  ])('are refused with %s', (_, wrong, place) => {
    expect(() => buildNode({ ...parts, ...wrong })).toThrow(place);
  });

  it('give the URL of the node with its segment, verbatim', () => {
    expect(mlNodeUrl({ host: 'h', poc_port: 8080, poc_segment: '/v3.0.8' })).toBe('http://h:8080/v3.0.8');
    expect(mlNodeUrl({ host: 'fd00::1', poc_port: 8080 })).toBe('http://[fd00::1]:8080');
  });

  it.each([
    ['broken JSON', '{"id": ', 'not JSON'],
    ['an empty array', '[]', 'fewer than 1 items'],
    ['a missing key', '{"id":"a"}', "must have required property 'host'"],
    [
      'a port that is text, in the second of two',
      JSON.stringify([node, { ...node, poc_port: '1' }]),
      '/1/poc_port',
    ],
    ['no model', JSON.stringify({ ...node, models: {} }), '/models'],
  ])('are refused from a file with %s', async (_, text, reason) => {
    await expect(readNodeConfig(await written(text))).rejects.toThrow(reason);
  });

  it('are read one or many, and one alone where one is meant', async () => {
    const one = await written(JSON.stringify(node));
    const many = await written(JSON.stringify([node, { ...node, id: 'node2' }]));
    expect(await readNodeConfig(one)).toEqual([node]);
    expect(await readNodeConfig(many)).toHaveLength(2);
    expect(await readOneNode(one)).toEqual(node);
    await expect(readOneNode(many)).rejects.toThrow('an array, but one node object is needed');
    await expect(readNodeConfig('/nowhere.json')).rejects.toThrow('no such file');
  });
});

async function written(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'node-config-')), 'node.json');
  await writeFile(path, text);
  return path;
}
