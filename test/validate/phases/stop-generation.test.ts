import { expect, it } from 'vitest';
import type { MlNodeSimulator } from '../../../src/simulator/mlnode/index.js';
import {
  GenerationLeft,
  GenerationReplaced,
  stopOwnGeneration,
} from '../../../src/validate/phases/stop-generation.js';
import { simulatedNodes, watched } from '../support.js';

const simulate = simulatedNodes();
const STOP = 'POST /inference/pow/stop';

/** A node on which these replicas generate under our key. */
async function generating(ports: number[]) {
  const node = await simulate();
  const seen = watched(node.url);
  node.startForeignGeneration({ public_key: seen.context.ownPublicKey }, ports);
  return { node, ...seen };
}

const runs = (node: MlNodeSimulator) => [5001, 5002].filter(node.isGenerating);

it('stops what this run started', async () => {
  const { node, context } = await generating([5001, 5002]);
  await stopOwnGeneration(context, [5001, 5002]);
  expect(runs(node)).toEqual([]);
});

it('sends no stop where nothing of ours runs', async () => {
  const { node, context } = await generating([]);
  node.startForeignGeneration({}, [5002]);
  await stopOwnGeneration(context, []);
  expect(runs(node)).toEqual([5002]);
  expect(node.requests[STOP]).toBeUndefined();
});

it.each([
  ['answered', [5001, 5002]],
  ['not answered', undefined],
])(
  'neither ends nor passes over a PoC that took the place of ours, whose start was %s',
  async (_how, ports) => {
    const { node, context } = await generating([]);
    node.startForeignGeneration({ public_key: 'of a PoC' }, [5001, 5002]);
    const failure = await stopOwnGeneration(context, ports).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(GenerationReplaced);
    expect((failure as GenerationReplaced).line).toMatch(/under another public key \(of a PoC\).*--resume/);
    expect(runs(node)).toEqual([5001, 5002]);
    expect(node.requests[STOP]).toBeUndefined();
  },
);

it('does not end what somebody else runs beside it, and says what is left', async () => {
  const { node, context } = await generating([5001]);
  node.startForeignGeneration({}, [5002]);
  await expect(stopOwnGeneration(context, [5001])).rejects.toThrow(GenerationLeft);
  expect(runs(node)).toEqual([5001, 5002]);
  expect(node.requests[STOP]).toBeUndefined();
});

it('waits for a replica that is out of rotation, and stops it when it is back', async () => {
  const { node, context } = await generating([5001, 5002]);
  node.setReplicaHealthy(5002, false);
  while (node.backends.length > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  const stopping = stopOwnGeneration(context, [5001, 5002]);
  while (node.isGenerating(5001)) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(runs(node)).toEqual([5002]);
  node.setReplicaHealthy(5002, true);
  await stopping;
  expect(runs(node)).toEqual([]);
});

it('warns of one that does not come back', async () => {
  const { node, context, warnings } = await generating([5001, 5002]);
  node.setReplicaHealthy(5002, false);
  while (node.backends.length > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  await stopOwnGeneration(context, [5001, 5002]);
  expect(warnings).toEqual([expect.stringContaining('replica 5002 is still out of rotation')]);
});

it('says so when the node does not answer', async () => {
  const { node, context } = await generating([5001]);
  await node.close();
  await expect(stopOwnGeneration(context, [5001])).rejects.toMatchObject({
    message: expect.stringMatching(/may still run: .*ECONNREFUSED/),
    advice: expect.stringContaining('/inference/pow/stop'),
  });
});
