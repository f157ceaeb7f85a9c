import { expect, it } from 'vitest';
import { applyCalibration } from '../../src/calibrate/apply.js';
import { calibrate } from '../../src/calibrate/calibrate.js';
import { knownDistances } from '../../src/models/distances.js';
import { loadModel } from '../../src/models/load.js';
import { calibrationOptions } from '../support/measured-fixtures.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();

it('writes honest pairs, thresholds and the limit into a model file, and twice gives the same', async () => {
  const own = { schema_version: 1, model: 'mine/own', honest: [], other_weights: [] };
  const path = await temp.write('own.json', own);
  const sample = (label: string, mean: number) => ({
    label,
    nonces: [0, 1, 2, 3],
    l2: [mean - 0.02, mean, mean, mean + 0.02],
  });
  const honest = [sample('a.json – b.json', 0.1), sample('a.json – c.json', 0.2)];
  const calibration = calibrate(honest, [], calibrationOptions);
  for (let time = 0; time < 2; time++) await applyCalibration(path, calibration, honest, 'mine/own');
  const { file } = await loadModel(path);
  expect(file.honest.map(({ between, n }) => [between, n])).toEqual([
    [['a.json', 'b.json'], 4],
    [['a.json', 'c.json'], 4],
  ]);
  expect(file.stat_test).toMatchObject(calibration.recommended);
  const known = knownDistances(file);
  expect(known?.band.high).toBeCloseTo(0.2, 12);
  expect(known?.limit.mean).toBeCloseTo(0.3, 12);
});

it('makes a model file where there is none, from what is known of the model already', async () => {
  const honest = [
    { label: 'a.json – b.json', nonces: [0, 1], l2: [0.1, 0.12], mayDiffer: ['build' as const] },
    { label: 'runs/one', nonces: [0, 1], l2: [0.1, 0.12] },
  ];
  const calibration = calibrate(honest, [], calibrationOptions);
  const own = temp.path('new.json');
  expect(await applyCalibration(own, calibration, honest, 'mine/own')).toEqual({ made: true });
  const { file } = await loadModel(own);
  expect(file).toMatchObject({ model: 'mine/own', other_weights: [] });
  expect(file.honest.map(({ differs }) => differs)).toEqual([
    ['build'],
    ['batch', 'build', 'topology', 'gpu_class'],
  ]);
  expect(await applyCalibration(own, calibration, honest, 'mine/own')).toEqual({ made: false });
  const known = temp.path('known.json');
  await applyCalibration(known, calibration, honest, 'MiniMaxAI/MiniMax-M2.7');
  const copy = (await loadModel(known)).file;
  expect(copy.other_weights[0]?.name).toBe('AWQ int4');
  expect(copy.honest.length).toBeGreaterThan(2);
  await expect(applyCalibration(temp.path('none.json'), calibration, honest, null)).rejects.toThrow(
    /no such file/,
  );
});
