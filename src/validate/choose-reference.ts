import { chooseGolden, goldenOf } from '../golden/catalog.js';
import type { ChosenReference, NodeHardware } from '../golden/variant.js';
import { HttpFault } from '../http/fault.js';
import { pause } from '../http/retry.js';
import type { TimeLimits } from '../http/time-limit.js';
import { MlNodeClient } from '../mlnode/client.js';
import { countGpus } from '../mlnode/replicas.js';
import { PIPELINE_PARALLEL, parallelSize, TENSOR_PARALLEL } from '../network/serve-args.js';
import { gpuClassOf } from '../text/hardware.js';
import type { ValidateOptions } from './options.js';

const READY_POLL_MS = 1_000;

/** The model's reference; where there are several, the one whose hardware and topology fit the node. */
export async function chooseForNode(
  model: string,
  options: Pick<ValidateOptions, 'served' | 'deployArgs' | 'patience' | 'waitReadySeconds'>,
  mlnodeUrl: string,
  limits: TimeLimits,
): Promise<ChosenReference> {
  const several = (await goldenOf(model)).length > 1;
  return chooseGolden(model, several ? await hardwareOfNode(options, mlnodeUrl, limits) : null);
}

async function hardwareOfNode(
  { served, deployArgs, patience = 1, waitReadySeconds = 0 }: Parameters<typeof chooseForNode>[1],
  mlnodeUrl: string,
  { signal, until }: TimeLimits,
): Promise<NodeHardware> {
  const node = new MlNodeClient(mlnodeUrl, signal, patience, until);
  const args = served?.args ?? deployArgs?.map(({ value }) => value);
  const size = (flag: string) => (args === undefined ? null : parallelSize(args, flag).size);
  const sizes = { tensorParallel: size(TENSOR_PARALLEL), pipelineParallel: size(PIPELINE_PARALLEL) };
  const readyBy = performance.now() + 1000 * waitReadySeconds;
  for (;;) {
    try {
      const [gpu, ...others] = new Set(
        countGpus(await node.gpuDevices()).map(({ name }) => gpuClassOf(name)),
      );
      return { gpu: gpu === undefined || others.length > 0 ? null : gpu, ...sizes };
    } catch (error) {
      // The preflight reports why the node does not answer.
      if (!(error instanceof HttpFault)) throw error;
      if (performance.now() >= readyBy) return { gpu: null, ...sizes };
      await pause(patience * READY_POLL_MS, signal);
    }
  }
}
