import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBlackwell, usableGpus } from '../../src/mlnode/gpus.js';
import { parseMetrics, xidText } from '../../src/mlnode/metrics.js';

describe('the metrics of a newer node', () => {
  it('tell what it serves, and GPU errors', () => {
    const metrics = parseMetrics(`# HELP x
vllm:num_requests_running{model_name="a"} 1
mlnode_config_info{model_name="a/b \\"c\\"",replicas="2",tensor_parallel_size="4",pipeline_parallel_size="1"} 1
mlnode_gpu_xid_events_total{gpu="0",xid="79"} 3
mlnode_gpu_xid_events_total{gpu="1",xid="13"} 0
`);
    expect(metrics).toEqual({
      model: 'a/b "c"',
      replicas: 2,
      tensorParallel: 4,
      pipelineParallel: 1,
      xidEvents: [{ gpu: '0', xid: '79', count: 3 }],
    });
    expect(xidText(metrics)).toContain('XID 79 on GPU 0: 3');
  });

  it('are believed only where they can be right', () => {
    const metrics = parseMetrics(
      'mlnode_config_info{replicas="1e9",tensor_parallel_size="-4"} 1\nmlnode_gpu_xid_events_total 1e300',
    );
    expect(metrics).toMatchObject({ replicas: null, tensorParallel: null, model: null });
    expect(metrics.xidEvents).toEqual([{ gpu: '', xid: '', count: 1_000_000 }]);
    const any = fc.string().map((text) => `mlnode_config_info{${text}`);
    fc.assert(fc.property(fc.oneof(fc.string(), any), (text) => void parseMetrics(text)));
  });
});

describe('the GPUs of a node', () => {
  it('are those that it can use', () => {
    const devices = [
      { index: 0, name: 'NVIDIA B200', is_available: true, error_message: null },
      { index: 1, name: 'NVIDIA B200', is_available: false },
      { index: 2, name: 'NVIDIA B200', is_available: true, error_message: 'ECC\nerror' },
      { name: null },
    ];
    expect(usableGpus({ devices })).toEqual({
      count: 2,
      classes: ['B200'],
      lost: ['GPU 1: not available', 'GPU 2: ECC error'],
    });
  });

  it('are Blackwell by their class', () => {
    expect(['B200', 'NVIDIA B300 SXM6', 'GB200', 'RTX PRO 6000'].every(isBlackwell)).toBe(true);
    expect(['H100', 'A100', 'GH200', 'L40S'].some(isBlackwell)).toBe(false);
  });
});
