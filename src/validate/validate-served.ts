import { resolve } from 'node:path';
import { type WeightGuard, WeightMeasured } from '../chain/weight-measured.js';
import { AssayError, NotOfNode } from '../errors.js';
import { findGolden, loadGoldenByName } from '../golden/catalog.js';
import type { NodeObject } from '../network/node-object.js';
import { addressOf, type Reach, reachAdvice } from '../network/reach.js';
import { faceOf } from '../run/face.js';
import type { Terminal } from '../terminal/terminal.js';
import type { ValidateOptions } from './options.js';

export interface ServedOptions {
  reach?: Reach | undefined;
  reachIn?: 'flag' | 'file';
  runFolder?: string;
  /** How many replicas the node should have; default: the number that the node or its arguments give. */
  expectReplicas?: number | undefined;
  /** Asked before any request to the node, and at the end of each batch. */
  weightGuard?: WeightGuard | undefined;
  /** A file, or a name of a catalogue; absent: the one that fits the node. */
  reference?: string | undefined;
  /** A model name that the node may report. */
  servedAs?: string | undefined;
}

/**
 * Validates a node that already serves its model, without the phases that are not needed then.
 *
 * @param options how this machine reaches the node and where the user would set that, and the run's folder,
 *   which must not exist yet (default: one below `runs/`)
 * @returns the verdict and the run's folder
 * @throws AssayError with the exit code of the verdict when it is not PASS; NotOfNode or WeightMeasured when
 *   there is no verdict for a reason that says nothing about the node
 */
export async function validateServed(
  node: NodeObject,
  { terminal, signal }: { terminal: Terminal; signal: AbortSignal },
  {
    reach,
    reachIn = 'flag',
    runFolder,
    expectReplicas,
    weightGuard,
    reference,
    servedAs,
  }: ServedOptions = {},
): Promise<string> {
  const [{ validateNode }, { watchOnTerminal }] = await Promise.all([
    import('./validate-node.js'),
    import('./on-terminal.js'),
  ]);
  const events = watchOnTerminal(terminal, node.id);
  try {
    const { report, folder, endedBy } = await validateNode(
      {
        mlnodeUrl: addressOf(node, reach),
        unknownNameAdvice: reachAdvice(node, reachIn),
        model: servedModel(node),
        ...served(node),
        ...(reference !== undefined && { reference }),
        ...(servedAs !== undefined && { servedAs }),
        nodeId: node.id,
        nodeArgs: node.models[servedModel(node)]?.args ?? [],
        ...(expectReplicas !== undefined && { expectReplicas }),
        ...(runFolder !== undefined && { expDir: runFolder }),
        skipDownload: true,
        skipDeploy: true,
        skipThroughput: true,
        ...(weightGuard !== undefined && { weightGuard }),
      },
      { events, signal },
    ).catch((error: unknown) => {
      // No run was made: the node was not asked for anything.
      if (!(error instanceof AssayError) || signal.aborted) throw error;
      throw new NotOfNode(error.message, { ...(error.advice !== undefined && { advice: error.advice }) });
    });
    if (signal.aborted) throw signal.reason;
    const text = `${faceOf(report)} (${report.verdict_reason}), run in ${folder}`;
    if (report.exit_code === 0) return text;
    const Failure = report.verdict === 'INCOMPLETE' && endedBy !== null ? FAILURES[endedBy] : AssayError;
    throw new Failure(`the validation result is ${text}`, { exitCode: report.exit_code });
  } finally {
    events.stop();
  }
}

/** A run without a verdict says something about the node only where the node is the cause. */
const FAILURES = { node: AssayError, here: NotOfNode, moment: WeightMeasured };

/**
 * Makes sure, before any change, that the node can be validated after it.
 *
 * @param reference a file, or a name of a catalogue; undefined: the one that fits the node
 * @returns the file of the named reference, so that a change of folder or catalogue has no effect; undefined
 *   where none was named
 * @throws AssayError when there is no reference for its model
 */
export async function requireReference(
  node: NodeObject,
  reference: string | undefined,
): Promise<string | undefined> {
  const model = servedModel(node);
  if (reference === undefined) {
    await findGolden(model);
    return undefined;
  }
  const { path, file } = await loadGoldenByName(reference, model);
  if (file.model === model) return resolve(path);
  throw new AssayError(`reference ${path} is of ${file.model}, not of ${model}`, {
    advice: 'give the reference of that model',
  });
}

/** How the node serves the model, as its config says. */
function served(node: NodeObject): Pick<ValidateOptions, 'served'> {
  const config = node.models[servedModel(node)];
  return config === undefined ? {} : { served: config };
}

/** The model that a node serves: the first in its config. */
function servedModel(node: NodeObject): string {
  return Object.keys(node.models)[0] ?? '';
}
