import { afterEach } from 'vitest';
import { addressOf, KIMI } from '../../src/simulator/chain/chain.js';
import { type ChainSimulatorOptions, startChainSimulator } from '../../src/simulator/chain/server.js';

export { addressOf, KIMI };

/** Simulated chains that end with the test that started them. Blocks come once a minute unless told. */
export function useChains() {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(closers.splice(0).map((close) => close()));
  });
  return async (options: ChainSimulatorOptions = {}) => {
    const simulator = await startChainSimulator({ blockTimeMs: 60_000, ...options });
    closers.push(simulator.close);
    return simulator;
  };
}
