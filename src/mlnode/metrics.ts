import { clip } from '../http/detail.js';

/** The values of a newer node's `/metrics` that assay reads; null: not given. */
export interface NodeMetrics {
  model: string | null;
  replicas: number | null;
  tensorParallel: number | null;
  pipelineParallel: number | null;
  /** Errors that the driver reported, by GPU and kind, where there were any. */
  xidEvents: { gpu: string; xid: string; count: number }[];
}

interface Sample {
  name: string;
  labels: Map<string, string>;
  value: number;
}

const MAX_XID_EVENTS = 32;
const MAX_COUNT = 1_000_000;

/** Reads a node's metrics from the Prometheus text format. Lines of another form are ignored. */
export function parseMetrics(text: string): NodeMetrics {
  const samples = text
    .split('\n')
    .filter((line) => line.startsWith('mlnode_'))
    .flatMap(sampleOf);
  const config = samples.find(({ name }) => name === 'mlnode_config_info')?.labels;
  const events = samples.filter(({ name, value }) => name === 'mlnode_gpu_xid_events_total' && value > 0);
  const model = config?.get('model_name');
  return {
    model: model === undefined || model === '' ? null : clip(model),
    replicas: wholeOrNull(config?.get('replicas')),
    tensorParallel: wholeOrNull(config?.get('tensor_parallel_size')),
    pipelineParallel: wholeOrNull(config?.get('pipeline_parallel_size')),
    xidEvents: events.slice(0, MAX_XID_EVENTS).map(({ labels, value }) => ({
      gpu: clip(labels.get('gpu') ?? labels.get('device') ?? ''),
      xid: clip(labels.get('xid') ?? ''),
      count: value,
    })),
  };
}

/** XID events in a phrase, for the checks and for a validation; undefined where there are none. */
export function xidText({ xidEvents }: NodeMetrics): string | undefined {
  if (xidEvents.length === 0) return undefined;
  const parts = xidEvents.map(({ gpu, xid, count }) => `XID ${xid || '?'} on GPU ${gpu || '?'}: ${count}`);
  return `the driver reported GPU errors since the node started (${parts.join(', ')})`;
}

function sampleOf(line: string): Sample[] {
  const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})?\s+(\S+)/.exec(line) ?? [];
  if (name === undefined || value === undefined) return [];
  const pairs = labels.matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g);
  return [
    {
      name,
      labels: new Map([...pairs].map(([, key = '', text = '']) => [key, text.replaceAll(/\\(.)/g, '$1')])),
      value: Math.min(Number(value), MAX_COUNT),
    },
  ];
}

function wholeOrNull(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : null;
}
