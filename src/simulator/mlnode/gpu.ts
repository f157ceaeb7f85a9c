/** Used whether a model is loaded or not. */
const USED_MB = 174_192;
const TOTAL_MB = 183_359;

/**
 * The GPUs of a node, busy or not.
 *
 * @param growth growth of the used memory since the start, as a fraction of it
 */
export function gpuDevices(
  { gpuCount, gpuName }: { gpuCount: number; gpuName: string },
  growth = 0,
): object[] {
  const used = Math.min(TOTAL_MB, Math.round(USED_MB * (1 + growth)));
  return Array.from({ length: gpuCount }, (_, index) => ({
    index,
    name: gpuName,
    total_memory_mb: TOTAL_MB,
    free_memory_mb: TOTAL_MB - used,
    used_memory_mb: used,
    utilization_percent: 0,
    temperature_c: 41,
    is_available: true,
    error_message: null,
  }));
}
