import { join } from 'node:path';
import {
  createFleetFolder,
  type FleetFolder,
  keysOfEarlierFleets,
  lastPassesBeside,
  resumeFleetFolder,
} from '../../fleet/fleet-folder.js';
import { fleetReportOf } from '../../fleet/fleet-report.js';
import type { NodeResult } from '../../fleet/model.js';
import { runFleet } from '../../fleet/run-fleet.js';
import { renderFleetText } from '../../fleet/text.js';
import { validateInto } from '../../fleet/validate-into.js';
import { writeFleetReports } from '../../fleet/write-reports.js';
import { leasePool } from '../../probe/pool.js';
import { startProgress } from '../../terminal/progress.js';
import type { ValidateOptions } from '../../validate/options.js';
import { packageVersion } from '../../version.js';
import type { Context } from '../command.js';
import { tellOrSay } from '../tell-or-say.js';
import type { FleetFlagValues, FleetRequest } from './inputs.js';

/** How the nodes of a fleet come to their results: in this process, or by workers. */
export type FleetRunner = (
  request: FleetRequest,
  folder: FleetFolder,
  onResult: (result: NodeResult) => void,
  context: Context,
) => Promise<{ nodes: NodeResult[]; warnings: string[] }>;

/**
 * Validates a fleet into its folder, and prints what it came to.
 *
 * @returns the worst exit code of the nodes
 */
export async function validateFleet(
  request: FleetRequest,
  args: FleetFlagValues,
  context: Context,
  run: FleetRunner = inThisProcess,
): Promise<number> {
  const { terminal } = context;
  const folder = await (args.resume === undefined
    ? createFleetFolder(request, args.out)
    : resumeFleetFolder(request, args.resume));
  const watcher = watchFleet(request.nodes.length, args.quiet ?? false, context);
  try {
    const begun = performance.now();
    const { nodes, warnings } = await run(
      await withEarlier(request, folder),
      folder,
      watcher.result,
      context,
    );
    watcher.stop();
    const report = fleetReportOf(
      {
        harness_version: packageVersion(),
        name: request.name,
        shard: request.shard,
        timestamp: folder.plan.timestamp,
        duration_s: Math.round(performance.now() - begun) / 1000,
        warnings,
      },
      nodes,
    );
    await tellOrSay('the fleet’s reports were not written', terminal.say, () =>
      writeFleetReports(folder.path, report),
    );
    if (args.json) terminal.out(JSON.stringify(report, null, 2));
    else terminal.out(renderFleetText(report, folder.path, terminal.colors));
    return report.exit_code;
  } finally {
    watcher.stop();
    await folder.release();
  }
}

/**
 * Each node's generation has the key of the plan; those that earlier fleets left are known by theirs. A node is
 * compared with its own last PASS in them.
 */
async function withEarlier(request: FleetRequest, { path, plan }: FleetFolder): Promise<FleetRequest> {
  const earlier = await keysOfEarlierFleets(path);
  const passes = await lastPassesBeside(path, request.nodes);
  const validations = request.validations.map((options, at) => ({
    ...options,
    ...ownBaselineOf(options, passes.get(options.nodeId ?? '')),
    ownPublicKey: plan.nodes[at]?.own_public_key as string,
    ownPublicKeys: earlier(options.mlnodeUrl),
  }));
  return { ...request, validations };
}

function ownBaselineOf({ ownBaseline }: ValidateOptions, found: string | undefined) {
  const folder = ownBaseline ?? found;
  return folder === undefined ? {} : { ownBaseline: folder };
}

const inThisProcess: FleetRunner = async (request, folder, onResult, { signal }) => {
  const tasks = request.nodes.map((node, at) => ({
    node,
    folder: folder.plan.nodes[at]?.folder as string,
    options: request.validations[at] as FleetRequest['validations'][number],
  }));
  // Held throughout, so that the probe's threads do not start anew where one node ends before the next begins.
  const pool = leasePool();
  try {
    const nodes = await runFleet(
      tasks,
      request.limits,
      (task) => validateInto(join(folder.path, task.folder), task.options, { signal }),
      { signal, onResult },
    );
    return { nodes, warnings: [] };
  } finally {
    await pool.release();
  }
};

/** One bar for all, and a line for each node that comes to its end. */
function watchFleet(total: number, quiet: boolean, { terminal }: Context) {
  if (quiet) return { result() {}, stop() {} };
  const progress = startProgress(terminal, { label: 'fleet', total, unit: 'nodes' });
  let done = 0;
  progress.update(0);
  return {
    result({ id, verdict, verdict_reason }: NodeResult) {
      if (terminal.event === undefined) terminal.say(`${id}: ${verdict}: ${verdict_reason}`);
      else terminal.event({ event: 'node_ended', node: id, verdict, reason: verdict_reason });
      progress.update(++done);
    },
    stop: () => progress.stop(),
  };
}
