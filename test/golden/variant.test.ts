import { describe, expect, it } from 'vitest';
import { chooseGolden, findGolden } from '../../src/golden/catalog.js';
import { recordedOn, recordedOnText } from '../../src/golden/recorded-on.js';
import type { GoldenReference } from '../../src/golden/reference.js';
import { chooseVariant } from '../../src/golden/variant.js';

const kimi = await findGolden('moonshotai/Kimi-K2.6');
const variant = (path: string, source: string, args: string[] = []): GoldenReference => {
  const { provenance: _provenance, ...file } = kimi.file;
  return { ...kimi, path, file: { ...file, source, additional_args: args } };
};
const all = [
  variant('default', 'recorded somewhere'),
  variant('h100', 'recorded on 8xH100 (TP=8)'),
  variant('b200-2', 'B200 (4xGPU)', ['--tensor-parallel-size', '2']),
  variant('b200-4', 'B200 (4xGPU)', ['--tensor-parallel-size', '4']),
];
const node = (gpu: string | null, tensorParallel: number | null = null) => ({
  ...{ gpu, tensorParallel, pipelineParallel: 1 },
});

describe('the reference that is chosen among several', () => {
  it.each([
    ['the GPU class', node('H100', 8), 'h100', 'recorded on 8×H100, TP8, as the node’s'],
    [
      'the parallel sizes within it',
      node('B200', 4),
      'b200-4',
      'recorded on 4×B200, TP4, as the node’s B200, TP4',
    ],
    [
      'the GPU class where the topology is another',
      node('H100', 4),
      'h100',
      'the nearest to the node’s H100, TP4',
    ],
    ['the GPU class where the topology is not known', node('B200'), 'b200-2', 'its topology is not known'],
    [
      'the default where no class fits',
      node('A100', 1),
      'default',
      'none of this model is known to be recorded on the node’s A100',
    ],
    ['the default where nothing is known', null, 'default', 'GPUs and topology are not known'],
  ])('fits %s', (_, hardware, path, why) => {
    const chosen = chooseVariant(all, hardware);
    expect([chosen.reference.path, chosen.why.replaceAll("'", '’')]).toEqual([
      path,
      expect.stringContaining(why),
    ]);
  });

  it('of Qwen3-235B is the DeepGEMM one on B200, and the other elsewhere', async () => {
    const model = 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8';
    expect((await chooseGolden(model, node('B200', 2))).reference.nonces).toHaveLength(2000);
    expect((await chooseGolden(model, node('H200', 4))).reference.nonces).toHaveLength(32);
    expect((await chooseGolden(model)).reference.nonces).toHaveLength(32);
  });
});

describe('what a reference was recorded on', () => {
  it.each([
    ['honest reference recorded on 8xH100 PCIe (TP=8), vLLM 0.28', '8×H100, TP8'],
    ['recorded on H200 (2xGPU, tp=2), fp8-kv-cache', '2×H200, TP2'],
    ['recorded with assay; 4×NVIDIA B200; mlnode 0.2.0', '4×B200'],
    ['honest FP8 reference, seq_len=128 k_dim=12', 'not known'],
  ])('is read from its words: %s', (source, text) => {
    expect(recordedOnText(recordedOn(variant('x', source).file))).toBe(text);
  });

  it('stands in fields where the recorder wrote them', () => {
    const provenance = { recorded_on: { gpu: 'b300', gpus: 2, tensor_parallel: 1, pipeline_parallel: 2 } };
    expect(recordedOnText(recordedOn({ ...variant('x', 'on 4xB200').file, provenance }))).toBe(
      '2×B300, TP1, PP2',
    );
  });
});
