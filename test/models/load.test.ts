import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CATALOG_VARIABLE, useCatalog } from '../../src/files/catalog.js';
import {
  engineBatch,
  isAtLeast,
  reasoningParser,
  referenceBySha,
  supersededBySha,
} from '../../src/models/facts.js';
import { findModel, loadModel, loadModels } from '../../src/models/load.js';
import type { ModelFile } from '../../src/models/model-file.js';
import { useTempFolder } from '../support/temp.js';

const own: ModelFile = { schema_version: 1, model: 'moonshotai/Kimi-K2.6', honest: [], other_weights: [] };

const temp = useTempFolder();

afterEach(() => {
  delete process.env[CATALOG_VARIABLE];
});

let folders = 0;

async function folderWith(files: Record<string, unknown>): Promise<string> {
  const name = `models-${folders++}`;
  await mkdir(temp.path(name));
  for (const [file, value] of Object.entries(files)) await temp.write(join(name, file), value);
  return temp.path(name);
}

describe('model files', () => {
  it('of the user come before those of the package', async () => {
    const folder = await folderWith({ 'kimi.json': own, 'other.json': { ...own, model: 'mine/own' } });
    useCatalog(folder);
    const models = await loadModels();
    expect(models.filter(({ file }) => file.model === own.model)).toMatchObject([{ shipped: false }]);
    expect(await findModel('mine/own')).toMatchObject({ shipped: false });
    expect(await findModel('MiniMaxAI/MiniMax-M2.7')).toMatchObject({ shipped: true });
    expect(await findModel('nobody/knows')).toBeNull();
  });

  it('of the user that are broken stand in the way of their own model alone', async () => {
    useCatalog(await folderWith({ 'moonshotai-kimi-k2.6.json': '{' }));
    await expect(findModel('moonshotai/Kimi-K2.6')).rejects.toThrow('not JSON');
    expect(await findModel('MiniMaxAI/MiniMax-M2.7')).toMatchObject({ shipped: true });
  });

  it.each([
    ['{', 'not JSON'],
    [{ ...own, honest: [{ mean: 0.2 }] }, '/honest/0 must have required property'],
    [{ ...own, schema_version: 2 }, '/schema_version must be 1'],
    [{ ...own, limit: { mean: -1, rule: 'set' } }, '/limit/mean'],
  ])('are refused where they are wrong: %j', async (value, reason) => {
    const folder = await folderWith({ 'a.json': value });
    await expect(loadModel(join(folder, 'a.json'))).rejects.toThrow(reason);
  });
});

describe('what a model file tells', async () => {
  const glm = (await findModel('zai-org/GLM-5.3-Flash'))?.file as ModelFile;
  const minimax = (await findModel('MiniMaxAI/MiniMax-M2.7'))?.file as ModelFile;

  it('is the batch of an engine by GPU class', () => {
    expect(['H100', 'H200', 'B300', 'A100', undefined].map((gpu) => engineBatch(glm, gpu))).toEqual([
      8, 16, 32, 32, 32,
    ]);
    expect(engineBatch(own, 'H100')).toBeNull();
  });

  it('is a reference by its vectors, and the one to take instead of a superseded one', () => {
    const [old] = glm.superseded ?? [];
    expect(supersededBySha(glm, old?.vectors_sha256 as string)?.successor).toBe(
      'zai-org-glm-5.3-flash-h100-tp8.json',
    );
    expect(supersededBySha(glm, '0')).toBeNull();
    const [reference] = glm.references ?? [];
    expect(referenceBySha(glm, reference?.vectors_sha256 as string)).toMatchObject({
      gpu: 'H100',
      tp: 8,
      batch: 8,
    });
  });

  it('is the reasoning parser by vLLM version', () => {
    expect(reasoningParser(minimax, '0.28.0.dev0+glm53')).toBe('minimax_m2');
    expect(reasoningParser(minimax, '0.20.0')).toBe('minimax_m2_append_think');
    expect(reasoningParser(glm, '0.28')).toBeNull();
  });

  it('compares versions by their numbers', () => {
    expect(isAtLeast('3.1.0', '3.0.17')).toBe(true);
    expect(isAtLeast('3.0.17-post2', '3.1.0')).toBe(false);
    expect(isAtLeast('580.65.06', '580')).toBe(true);
    expect(isAtLeast('v0.28', '0.28.0')).toBe(true);
  });
});
