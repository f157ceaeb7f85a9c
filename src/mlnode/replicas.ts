import { clip } from '../http/detail.js';
import type { GpuDevices, PowStatus, Replica } from './answers.js';

/** Whether a replica is in continuous generation. */
export function isGenerating(replica: Replica): boolean {
  return replica.status === 'GENERATING' || (replica.config != null && replica.status !== 'IDLE');
}

/** Ports of the replicas in rotation, in ascending order. */
export function portsOf(pow: PowStatus): number[] {
  return (pow.backends ?? []).map((replica) => replica.port).sort((a, b) => a - b);
}

export function countGpus(gpus: GpuDevices | null): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { name } of gpus?.devices ?? []) {
    const key = clip(name ?? 'unknown');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => ({ name, count }));
}
