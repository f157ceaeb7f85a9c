/** The GPUs of a node, busy or not. */
export function gpuDevices({ gpuCount, gpuName }: { gpuCount: number; gpuName: string }): object[] {
  return Array.from({ length: gpuCount }, (_, index) => ({
    index,
    name: gpuName,
    total_memory_mb: 183_359,
    free_memory_mb: 9_167,
    used_memory_mb: 174_192,
    utilization_percent: 0,
    temperature_c: 41,
    is_available: true,
    error_message: null,
  }));
}
