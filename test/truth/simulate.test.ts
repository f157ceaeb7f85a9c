import { describe, expect, it } from 'vitest';
import { simulateHonest } from '../../scripts/truth/simulate.js';
import { findModel } from '../../src/models/load.js';
import type { ModelFile } from '../../src/models/model-file.js';

describe('simulated honest runs', () => {
  it.each(['moonshotai/Kimi-K2.6', 'MiniMaxAI/MiniMax-M2.7', 'zai-org/GLM-5.3-Flash'])(
    'raise no alarm of our own at 1, 2 and 8 replicas: %s',
    async (model) => {
      const { file } = (await findModel(model)) as { file: ModelFile };
      for (const replicas of [1, 2, 8]) {
        const seen = simulateHonest(file, replicas, 60, 7);
        expect({ replicas, alarms: seen?.alarms }).toEqual({ replicas, alarms: 0 });
      }
    },
  );

  it('are none of a model whose honest distances nobody knows', async () => {
    const { file } = (await findModel('Qwen/Qwen3-32B-FP8')) as { file: ModelFile };
    expect(simulateHonest(file, 1, 10, 1)).toBeNull();
  });
});
