import { clip, detailOf } from '../http/detail.js';
import type { GpuDevices, PowStatus, Replica } from './answers.js';
import { availableDevices } from './gpus.js';

/** Whether a replica is in continuous generation. */
export function isGenerating(replica: Replica): boolean {
  return replica.status === 'GENERATING' || (replica.config != null && replica.status !== 'IDLE');
}

/**
 * Ports of the replicas in rotation, ascending. A replica in ERROR serves nothing, and no stop reaches it.
 */
export function portsOf(pow: PowStatus): number[] {
  return inRotation(pow)
    .map((replica) => replica.port)
    .sort((a, b) => a - b);
}

/** The replicas that answer: right after a model went down, the node lists some that do not. */
export function inRotation({ backends }: PowStatus): Replica[] {
  return (backends ?? []).filter(({ status }) => status !== 'ERROR');
}

/** Replicas that the node lists with an error. */
export function brokenReplicas(pow: PowStatus): { port: number; detail: string }[] {
  return (pow.backends ?? [])
    .filter(({ status }) => status === 'ERROR')
    .map(({ port, detail }) => ({ port, detail: detailOf(detail) || 'no reason given' }));
}

/** The available GPUs by class. */
export function countGpus(gpus: GpuDevices | null): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { name } of gpus === null ? [] : availableDevices(gpus)) {
    const key = clip(name ?? 'unknown');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => ({ name, count }));
}
