import { type WeightGuard, WeightMeasured } from '../chain/weight-measured.js';
import { AssayError, NotOfNode } from '../errors.js';
import { findGolden } from '../golden/catalog.js';
import type { NodeObject } from '../network/node-object.js';
import { addressOf, type Reach, reachAdvice } from '../network/reach.js';
import { faceOf } from '../run/face.js';
import type { Terminal } from '../terminal/terminal.js';

export interface ServedOptions {
  reach?: Reach | undefined;
  reachIn?: 'flag' | 'file';
  runFolder?: string;
  /** How many replicas the node should have; default: what it or its arguments tell. */
  expectReplicas?: number | undefined;
  /** Asked before anything is asked of the node, and at the end of each batch. */
  weightGuard?: WeightGuard | undefined;
}

/**
 * Validates a node that serves its model already, without the phases that this needs no more.
 *
 * @param options how this machine reaches the node and where the user would say it, and the run's folder, which is
 *   not there yet (default: one below `runs/`)
 * @returns the verdict and where the run is
 * @throws AssayError with the exit code of the verdict when it is no PASS; NotOfNode, and WeightMeasured, when it came to
 *   none for a reason that says nothing of the node
 */
export async function validateServed(
  node: NodeObject,
  { terminal, signal }: { terminal: Terminal; signal: AbortSignal },
  { reach, reachIn = 'flag', runFolder, expectReplicas, weightGuard }: ServedOptions = {},
): Promise<string> {
  const [{ validateNode }, { watchOnTerminal }] = await Promise.all([
    import('./validate-node.js'),
    import('./on-terminal.js'),
  ]);
  const events = watchOnTerminal(terminal, `${node.id}: `);
  try {
    const { report, folder, endedBy } = await validateNode(
      {
        mlnodeUrl: addressOf(node, reach),
        unknownNameAdvice: reachAdvice(node, reachIn),
        model: servedModel(node),
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
      // No run came about: the node was asked for nothing.
      if (!(error instanceof AssayError) || signal.aborted) throw error;
      throw new NotOfNode(error.message, { ...(error.advice !== undefined && { advice: error.advice }) });
    });
    if (signal.aborted) throw signal.reason;
    const text = `${faceOf(report)} (${report.verdict_reason}), run in ${folder}`;
    if (report.exit_code === 0) return text;
    const Failure = report.verdict === 'INCOMPLETE' && endedBy !== null ? FAILURES[endedBy] : AssayError;
    throw new Failure(`the validation came to ${text}`, { exitCode: report.exit_code });
  } finally {
    events.stop();
  }
}

/** A run without a verdict says something of the node only where the node is the reason. */
const FAILURES = { node: AssayError, here: NotOfNode, moment: WeightMeasured };

/**
 * Makes sure, before anything is changed, that the node can be validated afterwards.
 *
 * @throws AssayError when no reference comes along for its model
 */
export async function requireReference(node: NodeObject): Promise<void> {
  await findGolden(servedModel(node));
}

/** The model that a node serves: the first of its config. */
function servedModel(node: NodeObject): string {
  return Object.keys(node.models)[0] ?? '';
}
