import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { lockFolder } from '../../../src/journal/folder-lock.js';
import { newOwnPublicKey } from '../../../src/validate/own-key.js';
import { preflight } from '../../../src/validate/phases/preflight.js';
import { useTempFolder } from '../../support/temp.js';
import { MODEL, simulatedNodes, watched } from '../support.js';

const temp = useTempFolder();
const simulate = simulatedNodes();
const STOP = 'POST /inference/pow/stop';

const folder = () => temp.path('runs/this');

describe('what preflight finds', () => {
  it('is the version, the model, the GPUs and the replicas', async () => {
    const node = await simulate({ gpuCount: 8, version: '3.0.8' });
    const { context } = watched(node.url);
    expect((await preflight(context, folder())).report).toMatchObject({
      version: '3.0.8',
      loaded_model: MODEL,
      gpus: [{ name: 'NVIDIA B200', count: 8 }],
      replicas: [5001, 5002],
      busy_with_foreign_poc: false,
    });
  });

  it('is less on an old node, and no failure', async () => {
    const node = await simulate({ legacy: true });
    const { context } = watched(node.url);
    const { report } = await preflight(context, folder());
    expect(report).toMatchObject({ gpus: [], replicas: [5001, 5002] });
  });

  it('is no replica where all are in ERROR, as after a model went down', async () => {
    const node = await simulate();
    const backends = [5001, 5002].map((port) => ({ port, status: 'ERROR', detail: 'no answer' }));
    node.faults = ({ endpoint }) =>
      endpoint === '/inference/pow/status' ? { body: () => ({ status: 'MIXED', backends }) } : undefined;
    const { context } = watched(node.url);
    expect((await preflight(context, folder())).report.replicas).toEqual([]);
  });

  it('is no replica where the model is down', async () => {
    const node = await simulate({ up: false });
    const { context, warnings } = watched(node.url);
    expect((await preflight(context, folder())).report).toMatchObject({ loaded_model: null, replicas: [] });
    expect(warnings).toEqual([]);
  });
});

describe('what preflight warns of', () => {
  it('is users served at the same time', async () => {
    const node = await simulate();
    const { context, warnings } = watched(node.url);
    await preflight(context, folder());
    expect(warnings).toEqual([expect.stringContaining('may abort running chats')]);
  });

  it('is another GPU class than the one that the reference was recorded on', async () => {
    const node = await simulate({ gpuName: 'NVIDIA H200' });
    const { context, warnings } = watched(node.url);
    await preflight(context, folder());
    expect(warnings[0]).toContain('recorded on B200, the node has NVIDIA H200');
  });

  it.each([
    ['honest reference recorded on 8xH100 (TP=8), vLLM 0.28', 'NVIDIA B200', true],
    ['honest reference recorded on 8xH100 (TP=8), vLLM 0.28', 'NVIDIA H100 80GB HBM3', false],
    ['rtx_pro_6000_blackwell', 'NVIDIA RTX PRO 6000 Blackwell Server Edition', false],
    ['recorded by hand', 'NVIDIA B200', false],
  ])('is that in whatever way the reference says it: %s, %s', async (source, gpuName, isOther) => {
    const node = await simulate({ gpuName });
    const { context, warnings } = watched(node.url);
    const { provenance: _, ...file } = context.reference.file;
    const reference = { ...context.reference, file: { ...file, source } };
    await preflight({ ...context, reference }, folder());
    expect(warnings.some((text) => text.includes('was recorded on'))).toBe(isOther);
  });
});

describe('a node with another model', () => {
  it('is told of as a hint, since PoC decides', async () => {
    const node = await simulate({ model: 'Qwen/Qwen3-0.6B' });
    const { context, warnings } = watched(node.url);
    await preflight(context, folder());
    expect(warnings.join()).toContain(`calls its model Qwen/Qwen3-0.6B, not ${MODEL}: PoC decides`);
  });

  it.each([
    ['expected by --served-as', { servedAs: 'Qwen/Qwen3-0.6B' }],
    [
      'that of its override',
      { served: { args: [], model_override: { hf_repo: 'Qwen/Qwen3-0.6B', hf_commit: 'a'.repeat(40) } } },
    ],
    ['its --served-model-name', { served: { args: ['--served-model-name', 'Qwen/Qwen3-0.6B'] } }],
  ])('has nothing to be told of where the name is %s', async (_, options) => {
    const node = await simulate({ model: 'Qwen/Qwen3-0.6B' });
    const { context, warnings } = watched(node.url);
    await preflight({ ...context, options: { ...context.options, ...options } }, folder());
    expect(warnings.join()).not.toContain('calls its model');
  });
});

describe('a generation on the node', () => {
  it('of somebody else ends the run, and goes on untouched', async () => {
    const node = await simulate();
    node.startForeignGeneration({}, [5002]);
    const { context } = watched(node.url);
    await expect(preflight(context, folder())).rejects.toThrow(/replica 5002 .*assay changed nothing/);
    expect(node.isGenerating(5002)).toBe(true);
    expect(node.requests[STOP]).toBeUndefined();
  });

  it('of somebody else is stopped where that is asked for, and reported', async () => {
    const node = await simulate();
    node.startForeignGeneration();
    const { context } = watched(node.url, { stopForeign: true });
    expect((await preflight(context, folder())).report.busy_with_foreign_poc).toBe(true);
    expect([5001, 5002].map(node.isGenerating)).toEqual([false, false]);
  });

  it('that an earlier run beside this one left is known by its key, and stopped', async () => {
    const key = newOwnPublicKey();
    await mkdir(temp.path('runs/killed'), { recursive: true });
    await writeFile(temp.path('runs/killed/validate_config.json'), JSON.stringify({ own_public_key: key }));
    const node = await simulate();
    node.startForeignGeneration({ public_key: key });
    const { context, notes } = watched(node.url);
    expect((await preflight(context, folder())).report.busy_with_foreign_poc).toBe(false);
    expect(node.isGenerating(5001)).toBe(false);
    expect(notes).toEqual(['stopping the generation that an earlier run left']);
  });

  it('of a run beside this one that goes on is not stopped, whatever is asked for', async () => {
    const key = newOwnPublicKey();
    const beside = temp.path('runs/living');
    const release = await lockFolder(beside);
    await writeFile(`${beside}/validate_config.json`, JSON.stringify({ own_public_key: key }));
    const node = await simulate();
    node.startForeignGeneration({ public_key: key });
    for (const stopForeign of [false, true]) {
      const { context } = watched(node.url, { stopForeign });
      await expect(preflight(context, folder())).rejects.toThrow(
        `another run of this tool (process ${process.pid}`,
      );
    }
    expect([node.isGenerating(5001), node.requests[STOP]]).toEqual([true, undefined]);
    await release();
    const { context } = watched(node.url);
    await preflight(context, folder());
    expect(node.isGenerating(5001)).toBe(false);
  });

  it('of a run of ours elsewhere is not called foreign, and left alone', async () => {
    const node = await simulate();
    node.startForeignGeneration({ public_key: newOwnPublicKey() });
    const { context } = watched(node.url);
    await expect(preflight(context, folder())).rejects.toThrow(
      /of another run of this tool .* assay changed nothing/,
    );
    expect(node.requests[STOP]).toBeUndefined();
    const asked = watched(node.url, { stopForeign: true });
    expect((await preflight(asked.context, folder())).report.busy_with_foreign_poc).toBe(false);
    expect(node.isGenerating(5001)).toBe(false);
  });

  it('of somebody else is not stopped while weight is being measured', async () => {
    const node = await simulate();
    node.startForeignGeneration();
    const whyNot = async () => 'the network is in phase PoCGenerate';
    const { context } = watched(node.url, { stopForeign: true, weightGuard: { whyNot } });
    await expect(preflight(context, folder())).rejects.toThrow('no stop of a generation now');
    expect(node.isGenerating(5001)).toBe(true);
  });

  it('under a key that only looks like one of ours in a broken folder is foreign', async () => {
    await mkdir(temp.path('runs/strange'), { recursive: true });
    await writeFile(temp.path('runs/strange/validate_config.json'), '{"own_public_key": "gonkapub1');
    const node = await simulate();
    node.startForeignGeneration({ public_key: 'gonkapub1' });
    const { context } = watched(node.url);
    await expect(preflight(context, folder())).rejects.toThrow('did not start');
  });
});

describe('waiting for a node that is still starting', () => {
  it('goes on when it answers healthily', async () => {
    const node = await simulate({
      faults: ({ endpoint, earlier }) =>
        endpoint === '/health' && earlier === 0 ? { status: 503 } : undefined,
    });
    const { context, notes } = watched(node.url, { waitReadySeconds: 30 });
    expect((await preflight(context, folder())).report.loaded_model).toBe(MODEL);
    expect(notes).toContain('the node answers and is not ready yet');
  });

  it('ends with the reason when time is over', async () => {
    const node = await simulate();
    await node.close();
    const { context } = watched(node.url, { waitReadySeconds: 0.2 });
    await expect(preflight(context, folder())).rejects.toThrow('ECONNREFUSED');
  });
});
