import { join } from 'node:path';
import { type EarlierFleets, type EarlierResult, earlierFleets } from '../../fleet/earlier-fleets.js';
import type { FleetNode } from '../../fleet/fleet-file.js';
import {
  createFleetFolder,
  type FleetFolder,
  keysOfEarlierFleets,
  resumeFleetFolder,
  takeBackFleetFolder,
} from '../../fleet/fleet-folder.js';
import { fleetReportOf } from '../../fleet/fleet-report.js';
import type { FleetReport, NodeResult } from '../../fleet/model.js';
import { type OnResult, runFleet } from '../../fleet/run-fleet.js';
import { renderFleetText } from '../../fleet/text.js';
import { validateInto } from '../../fleet/validate-into.js';
import { writeFleetReports } from '../../fleet/write-reports.js';
import { estimateOf } from '../../live/estimate.js';
import { liveEvents } from '../../live/events.js';
import { runsBelow } from '../../live/links.js';
import type { LiveState } from '../../live/state.js';
import { leasePool } from '../../probe/pool.js';
import { type Progress, startProgress } from '../../terminal/progress.js';
import type { Terminal } from '../../terminal/terminal.js';
import { jsonText } from '../../text/json.js';
import { quoteForShell } from '../../text/shell.js';
import type { ValidateOptions } from '../../validate/options.js';
import { packageVersion } from '../../version.js';
import type { Context } from '../command.js';
import { tellOrSay } from '../tell-or-say.js';
import type { FleetFlagValues, FleetRequest } from './inputs.js';
import { type FleetView, viewFleet } from './view.js';

/** How the nodes of a fleet are validated: in this process, or by workers. */
export type FleetRunner = (
  request: FleetRequest,
  folder: FleetFolder,
  watched: { view: FleetView; onResult: OnResult },
  context: Context,
) => Promise<{ nodes: NodeResult[]; warnings: string[] }>;

/**
 * Validates a fleet into its folder, and prints the result.
 *
 * @param run how the nodes are validated; default: in this process
 * @returns the worst exit code of the nodes
 */
export async function validateFleet(
  request: FleetRequest,
  args: FleetFlagValues & { metrics?: string | undefined; command: string[] },
  context: Context,
  run: FleetRunner = inThisProcess,
): Promise<number> {
  const { terminal } = context;
  const folder = await (args.resume === undefined
    ? createFleetFolder(request, args.out)
    : resumeFleetFolder(request, args.resume));
  let watcher: Watcher | undefined;
  try {
    const earlier = await earlierFleets(folder.path, request.nodes);
    watcher = await watchFleet({ request, args, folder, earlier, isHere: run === inThisProcess }, context);
    const begun = performance.now();
    const { nodes, warnings } = await run(
      await withEarlier(request, folder, earlier),
      folder,
      watcher,
      context,
    );
    await watcher.close();
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
    if (args.json) terminal.out(jsonText(report));
    else
      terminal.out(
        [renderFleetText(report, folder.path, terminal), ...goOn(report, args, folder)].join('\n'),
      );
    return report.exit_code;
  } finally {
    await watcher?.close();
    // Without a watcher no node was asked: a wrong --metrics leaves nothing behind.
    if (watcher === undefined && args.resume === undefined) await takeBackFleetFolder(folder);
    else await folder.release();
  }
}

/** How to go on where nodes have no verdict. The folder knows the options of its start. */
function goOn({ nodes }: FleetReport, { command }: { command: string[] }, { path }: FleetFolder): string[] {
  if (nodes.every(({ verdict }) => verdict !== 'INCOMPLETE')) return [];
  return [`go on with: ${quoteForShell([...command, '--resume', path])}`];
}

/**
 * Gives each node the plan's key for its generation, and the keys of earlier fleets, by which their leftover
 * generations are recognised. A node is compared with its own last PASS in those fleets.
 */
async function withEarlier(
  request: FleetRequest,
  { path, plan }: FleetFolder,
  earlier: ReadonlyMap<string, EarlierFleets>,
): Promise<FleetRequest> {
  const keys = await keysOfEarlierFleets(path);
  const validations = request.validations.map((options, at) => ({
    ...options,
    ...ownBaselineOf(options, earlier.get(options.nodeId ?? '')?.lastPass?.folder ?? undefined),
    ownPublicKey: plan.nodes[at]?.own_public_key as string,
    ownPublicKeys: keys(options.mlnodeUrl),
  }));
  return { ...request, validations };
}

function ownBaselineOf({ ownBaseline }: ValidateOptions, found: string | undefined) {
  const folder = ownBaseline ?? found;
  return folder === undefined ? {} : { ownBaseline: folder };
}

const inThisProcess: FleetRunner = async (request, folder, { view, onResult }, { signal }) => {
  const tasks = request.nodes.map((node, at) => ({
    node,
    folder: folder.plan.nodes[at]?.folder as string,
    options: request.validations[at] as FleetRequest['validations'][number],
  }));
  // The lease is kept for the whole fleet, so that the probe's threads do not restart between two nodes.
  const pool = leasePool();
  try {
    const nodes = await runFleet(
      tasks,
      request.limits,
      (task) => {
        view.state.begun(task.node.id, Date.now());
        const events = liveEvents(view.state, task.node.id);
        return validateInto(join(folder.path, task.folder), task.options, { events, signal });
      },
      { signal, onResult },
    );
    return { nodes, warnings: [] };
  } finally {
    await pool.release();
  }
};

interface Watcher {
  view: FleetView;
  onResult: OnResult;
  close(): Promise<void>;
}

interface Watching {
  request: FleetRequest;
  args: FleetFlagValues & { metrics?: string | undefined };
  folder: FleetFolder;
  earlier: ReadonlyMap<string, EarlierFleets>;
  /** This process validates the nodes, so it decides how many run at a time. */
  isHere: boolean;
}

/** Shows the progress of a fleet: on its page, on a terminal as a table, elsewhere as lines. */
async function watchFleet(watching: Watching, context: Context): Promise<Watcher> {
  const { request, args, folder, earlier, isHere } = watching;
  const { terminal } = context;
  const quiet = args.quiet ?? false;
  const view = await viewFleet(
    {
      ...{ name: request.name, nodes: request.nodes, quiet },
      lanes: isHere ? { overall: request.limits.concurrency, sites: request.limits.sites } : null,
      address: args.metrics,
      paths: {
        runFolder: (run) => join(folder.path, run),
        allRuns: async () => [...runsOf(earlier), ...(await runsBelow(folder.path))],
      },
    },
    context,
  );
  const { state, metrics } = view;
  for (const node of request.nodes) remember(earlier.get(node.id), node, view);
  state.roundBegun(null);
  const isTable = terminal.interactive && terminal.event === undefined;
  const progress = quiet || isTable ? undefined : startLines(terminal, state);
  let done = 0;
  return {
    view,
    onResult(result, report) {
      metrics.observe(result, report);
      state.ended(result, Date.now());
      if (!quiet) tellEnd(terminal, result);
      progress?.update(++done);
    },
    async close() {
      progress?.stop();
      await view.close();
    },
  };
}

/** A line for each node that has finished; for a program an event. */
function tellEnd({ event, say }: Terminal, { id, verdict, verdict_reason }: NodeResult): void {
  if (event === undefined) say(`${id}: ${verdict}: ${verdict_reason}`);
  else event({ event: 'node_ended', node: id, verdict, reason: verdict_reason });
}

/**
 * The progress of a fleet as lines, with an estimate of the remaining time where durations of its nodes are
 * known.
 */
function startLines(terminal: Terminal, state: LiveState): Progress {
  const leftS = () => {
    const now = Date.now();
    const { endAt } = estimateOf(state.fleet, now);
    return endAt === null || endAt <= now ? null : (endAt - now) / 1000;
  };
  const total = state.fleet.nodes.length;
  const progress = startProgress(terminal, { label: 'fleet', total, unit: 'nodes', leftS });
  progress.update(0);
  return progress;
}

function remember(known: EarlierFleets | undefined, node: FleetNode, { state, metrics }: FleetView): void {
  if (known === undefined) return;
  const { results, lastPass } = known;
  const endOf = ({ timestamp, duration_s }: EarlierResult) =>
    Date.parse(timestamp) + 1000 * (duration_s ?? 0);
  const lastPassAt = lastPass === null ? null : endOf(lastPass);
  if (lastPassAt !== null) metrics.passedBefore(node, lastPassAt);
  const took = results.findLast(({ duration_s }) => duration_s !== null)?.duration_s ?? null;
  state.knownBefore(node.id, {
    trend: results.map(({ l2_mean, verdict }) => ({ mean: l2_mean, verdict })),
    lastPassAt,
    tookMs: took === null ? null : 1000 * took,
  });
}

function runsOf(earlier: ReadonlyMap<string, EarlierFleets>): string[] {
  const results = [...earlier.values()].flatMap((known) => known.results);
  return results.flatMap(({ folder }) => (folder === null ? [] : [folder]));
}
