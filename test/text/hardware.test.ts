import { describe, expect, it } from 'vitest';
import { batchIn, gpuClassOf, hardwareOf } from '../../src/text/hardware.js';

describe('hardware in a text', () => {
  it.each([
    ['honest reference recorded on 8xH100 (TP=8), vLLM 0.28', { gpu: 'H100', count: 8, tp: 8 }],
    ['honest reference recorded on 8xH100 PCIe (TP=8)', { gpu: 'H100', count: 8, tp: 8 }],
    ['8×H100', { gpu: 'H100', count: 8 }],
    ['H200 (2xGPU, tp=2), vLLM FLASHINFER fp8-kv-cache', { gpu: 'H200', count: 2, tp: 2 }],
    ['B300 (1xGPU, tp=1), vLLM 0.25.1', { gpu: 'B300', count: 1, tp: 1 }],
    ['on 4xB200, tp=2 no-EP', { gpu: 'B200', count: 4, tp: 2 }],
    ['16x H100 80GB SXM5', { gpu: 'H100', count: 16 }],
    ['4×NVIDIA B200', { gpu: 'B200', count: 4 }],
    ['NVIDIA H100 80GB HBM3', { gpu: 'H100' }],
    ['A100-SXM4-80GB', { gpu: 'A100' }],
    ['B300_SXM6', { gpu: 'B300' }],
    ['RTX_PRO_6000_Blackwell_SE', { gpu: 'RTX PRO 6000' }],
    ['recorded on RTX 5060 Ti, vLLM 3.0.13', { gpu: 'RTX 5060 Ti' }],
    ['vLLM, DeepGEMM, tensor parallel 2, pipeline parallel 4', { tp: 2, pp: 4 }],
    ['vLLM PoC v2 with VLLM_ATTENTION_BACKEND=FLASHINFER', {}],
    ['', {}],
  ])('of "%s"', (text, expected) => {
    expect(hardwareOf(text)).toEqual(expected);
  });

  it('gives a class of GPUs one name', () => {
    expect(['NVIDIA H100 80GB HBM3', 'h100', '8xH100'].map(gpuClassOf)).toEqual(['H100', 'H100', 'H100']);
    expect(gpuClassOf('Strange Card')).toBe('STRANGE CARD');
  });

  it('finds the batch that a text names', () => {
    expect(batchIn('gpu-mem 0.95, collection batch 16, seed s1')).toBe(16);
    expect(batchIn('batch_size: 8')).toBe(8);
    expect(batchIn('--max-num-batched-tokens 16384')).toBeNull();
  });
});
