import { basename, dirname, join } from 'node:path';
import { readChallenges } from '../../chain/challenge.js';
import { readEpochs } from '../../chain/epochs.js';
import { findNodeUrl } from '../../chain/node-url.js';
import { AssayError, UsageError } from '../../errors.js';
import { folderName } from '../../files/names.js';
import type { FleetNode } from '../../fleet/fleet-file.js';
import type { NodeResult } from '../../fleet/model.js';
import { runFleet } from '../../fleet/run-fleet.js';
import { validateInto } from '../../fleet/validate-into.js';
import { claimFolder } from '../../journal/claim.js';
import { lockFolder } from '../../journal/folder-lock.js';
import { liveEvents } from '../../live/events.js';
import { runsBelow } from '../../live/links.js';
import type { Lanes } from '../../live/state.js';
import { leasePool } from '../../probe/pool.js';
import { lastRunIn } from '../../run/find-earlier.js';
import { readReport } from '../../run/read.js';
import { parseDuration, roughDurationText } from '../../text/duration.js';
import { counted } from '../../text/figures.js';
import { inLanguage } from '../../text/language.js';
import { derivedSeed } from '../../validate/challenge.js';
import type { ValidateOptions } from '../../validate/options.js';
import { earlierRunsIn, pruneRuns, watchRunFolder } from '../../watch/history-folder.js';
import { watch } from '../../watch/watch.js';
import { type Window, windowOf } from '../../watch/window.js';
import type { ArgsOf, Context } from '../command.js';
import {
  type FleetFlagValues,
  type FleetRequest,
  fleetRequestOf,
  validationsOfAll,
} from '../fleet/inputs.js';
import { type FleetView, viewFleet } from '../fleet/view.js';
import { tellOrSay } from '../tell-or-say.js';
import type { watchFlags } from './flags.js';
import { isOfReference, referenceTurns, type Turns, throughputTurns } from './turns.js';

type WatchArgs = ArgsOf<typeof watchFlags> & { fleet: string };

/** Shown for a watch with a challenge. */
const WITHOUT_DRIFT =
  'each round asks for other nonces, so that no run can be compared with the last PASS of its node: --reference-every 24h asks for those of the reference from time to time';

/** Delay before a node is tried again that was due but could not start, in milliseconds. */
const RETRY_MS = 60_000;

/** Watches a fleet until a signal comes. */
export async function watchFleet(args: WatchArgs, context: Context): Promise<number> {
  const { terminal, signal } = context;
  const everyMs = 1000 * parseDuration(args.every, '--every');
  if (everyMs === 0) throw new UsageError('--every must be longer than 0s');
  const window = windowFor(args, signal);
  const throughput = throughputTurns(args);
  const reference = referenceTurns(args);
  const flags = flagsOfRuns(args);
  const request = await fleetRequestOf(args.fleet, flags);
  const root = args.out ?? join('watch', request.name);
  const release = await lockFolder(root);
  // The lease is kept for the whole watch, so that the probe's threads do not restart with every node.
  const pool = leasePool();
  let view: FleetView | undefined;
  const say = (text: string) => {
    if (args.quiet !== true) terminal.say(`${new Date().toISOString()} ${inLanguage(text)}`);
  };
  try {
    view = await viewFleet(
      {
        ...{ name: request.name, nodes: request.nodes, lanes: lanesOf(args, request) },
        ...{ address: args.metrics, quiet: args.quiet ?? false },
        paths: { runFolder: (run) => run, allRuns: () => runsBelow(root) },
      },
      context,
    );
    const { state: live, metrics } = view;
    const watched = {
      args,
      flags,
      request,
      root,
      metrics,
      live,
      everyMs,
      say,
      signal,
      throughput,
      reference,
    };
    if (args.challenge !== undefined && args.referenceEvery === undefined) say(WITHOUT_DRIFT);
    for (const node of request.nodes) await rememberPass(watched, node);
    // It may take a while, and only the trend charts wait for it.
    const remembered = rememberTrends(watched);
    await watch({
      ...{ everyMs, retryMs: RETRY_MS, window, signal },
      round: (open) => round(watched, open),
      onSkipped(reason, text) {
        metrics.roundSkipped(reason);
        live.update({ closed: text, blocksLeft: null });
        say(`no validation is started: ${text}`);
      },
      onOpen: (blocksLeft) => live.update({ closed: null, blocksLeft }),
      onRoundEnded(waitMs) {
        const nextRoundAt = Date.now() + waitMs;
        live.roundEnded(nextRoundAt);
        say(roundText(nextRoundAt, live.fleet.blocksLeft));
      },
    });
    await remembered;
    say('stopped: the same command goes on with this folder');
  } finally {
    await pool.release();
    await view?.close();
    await release();
  }
  return 0;
}

/** A watch validates one node at a time by default. */
function lanesOf({ concurrency = 1 }: WatchArgs, { limits: { sites } }: FleetRequest): Lanes {
  return { overall: concurrency, sites };
}

interface Watched {
  args: WatchArgs;
  /** Flags of the runs. */
  flags: FleetFlagValues;
  /** Its options are read again where they come from the chain. */
  request: FleetRequest;
  /** Folder of the runs. */
  root: string;
  metrics: FleetView['metrics'];
  live: FleetView['state'];
  everyMs: number;
  /** Whether to measure a node's throughput now. */
  throughput: Turns;
  /** Whether to ask a node for the nonces of the reference now, instead of a challenge. */
  reference: Turns;
  say(text: string): void;
  signal: AbortSignal;
}

/**
 * Validates every node of the fleet.
 *
 * @param open waits until a node may start
 */
async function round(watched: Watched, open: () => Promise<void>): Promise<void> {
  const { args, request, root, metrics, live, throughput, reference, everyMs, say, signal } = watched;
  live.roundBegun(Date.now() + everyMs);
  request.validations = await renewedThresholds(watched);
  const tasks = request.nodes.map((node, at) => ({
    node,
    folder: '',
    options: request.validations[at] as (typeof request.validations)[number],
  }));
  await runFleet(
    tasks,
    { ...request.limits, concurrency: args.concurrency ?? 1 },
    async (task) => {
      await open();
      // Named by the start of the node's run, which may be long after the start of the round.
      task.folder = watchRunFolder(root, task.node.id, new Date());
      await claimFolder(dirname(task.folder), { node: task.node.id });
      const folder = dirname(task.folder);
      const isReference = await reference.isDue(folder);
      const asked = isReference
        ? withoutChallenge(task.options)
        : withOwnSeed(task.options, basename(task.folder), task.node.id);
      const own = await ownBaselineIn(folder, asked, args.challenge !== undefined);
      const skipThroughput = !(await throughput.isDue(folder));
      const options = { ...asked, ...(own.run !== null && { ownBaseline: own.run }), skipThroughput };
      live.begun(task.node.id, Date.now());
      say(`${task.node.id}: started${skipThroughput ? '' : ', throughput is measured'}`);
      const report = await validateInto(task.folder, options, {
        events: liveEvents(live, task.node.id),
        signal,
      });
      if (report.throughput !== null) throughput.done(folder);
      if (isReference && report.validation !== null) reference.done(folder);
      await tellOrSay(`old runs of ${task.node.id} stay`, say, () => pruneRuns(folder, args.keep, own.kept));
      return report;
    },
    {
      signal,
      onResult(result, report) {
        // A node that was not started has nothing to say.
        if (signal.aborted && report === undefined) return;
        say(lineOf(result));
        if (signal.aborted) return;
        metrics.observe(result, report);
        live.ended(result, Date.now());
      },
    },
  );
  metrics.roundEnded();
}

/** A PASS of an earlier watch still counts. */
async function rememberPass({ root, metrics, live }: Watched, node: FleetNode): Promise<void> {
  const last = await lastRunIn(join(root, folderName(node.id)), { model: node.model, onlyPass: true });
  if (last === null) return;
  const { timestamp, duration_s } = await readReport(last);
  const at = Date.parse(timestamp) + 1000 * duration_s;
  metrics.passedBefore(node, at);
  live.knownBefore(node.id, { trend: [], lastPassAt: at, tookMs: null });
}

/** Earlier runs of the folder are the beginning of each node's trend. */
async function rememberTrends({ root, live, request, signal }: Watched): Promise<void> {
  const begun = new Date();
  for (const { id, model } of request.nodes) {
    if (signal.aborted) return;
    live.knownBefore(id, await earlierRunsIn(join(root, folderName(id)), model, begun));
  }
}

function roundText(nextRoundAt: number, blocksLeft: number | null): string {
  const at = new Date(nextRoundAt).toISOString().slice(11, 19);
  const wait = roughDurationText(Math.max(0, nextRoundAt - Date.now()) / 1000);
  const blocks = blocksLeft === null ? [] : [`${counted(blocksLeft, 'block')} were left before the next PoC`];
  return [`round ended, the next one at ${at} UTC, in ${wait}`, ...blocks].join('; ');
}

/** The chain's thresholds may change during a watch. */
async function renewedThresholds({ args, request, flags, say, signal }: Watched) {
  if (args.thresholds !== 'chain') return request.validations;
  try {
    return await validationsOfAll(request.nodes, flags);
  } catch (error) {
    if (signal.aborted || !(error instanceof AssayError)) throw error;
    say(`the earlier thresholds are used: ${error.message}`);
    return request.validations;
  }
}

/**
 * Each round asks each node for other nonces, so that the answers to one challenge are useless in the next.
 */
function withOwnSeed(options: ValidateOptions, round: string, nodeId: string): ValidateOptions {
  const { challenge } = options;
  if (challenge?.seed === undefined) return options;
  return { ...options, challenge: { ...challenge, seed: derivedSeed(challenge.seed, round, nodeId) } };
}

function withoutChallenge({ challenge: _, ...options }: ValidateOptions): ValidateOptions {
  return options;
}

/**
 * The run to compare with: the node's own last PASS, if the folder of its runs has one. Where rounds are
 * challenges, it is the last PASS of the same kind, so that two runs of the reference are compared with each
 * other.
 *
 * @returns its folder, and the names of the runs to keep at any age
 */
async function ownBaselineIn(folder: string, { model, challenge }: ValidateOptions, areChallenges: boolean) {
  const wanted = { model, onlyPass: true };
  const last = await lastRunIn(folder, wanted);
  const ofReference = areChallenges ? await lastRunIn(folder, { ...wanted, only: isOfReference }) : null;
  const run = areChallenges && challenge === undefined ? ofReference : last;
  const kept = [last, ofReference].flatMap((path) => (path === null ? [] : [basename(dirname(path))]));
  return { run: run === null ? null : dirname(run), kept };
}

/**
 * Asks the network node before each node is begun; if it does not answer, the node waits and the watch goes
 * on.
 */
function windowFor(args: WatchArgs, signal: AbortSignal): () => Promise<Window> {
  if (args['any-phase'] === true || args.network === false)
    return async () => ({ isOpen: true, blocksLeft: null });
  const networkNode = findNodeUrl(args.node);
  if (networkNode === undefined) {
    throw new UsageError('the phase of the network is not known: no network node is given', {
      advice: 'give --node URL, or --any-phase for nodes that earn no weight',
    });
  }
  return async () => {
    try {
      const window = windowOf(await readEpochs(networkNode, { signal }), args['poc-margin']);
      const { address } = args;
      return window.isOpen && address !== undefined
        ? await windowUnderChallenge(window, networkNode, { address, signal })
        : window;
    } catch (error) {
      if (signal.aborted || !(error instanceof AssayError)) throw error;
      return { isOpen: false, reason: 'network_node_away', text: error.message };
    }
  };
}

/** During a PoC challenge the host generates, so nothing may be measured on it. */
async function windowUnderChallenge(
  window: Window,
  networkNode: string,
  { address, signal }: { address: string; signal: AbortSignal },
): Promise<Window> {
  const open = await readChallenges(networkNode, { signal });
  const own = open?.find(({ target }) => target === address);
  if (own === undefined) return window;
  const text = `a PoC challenge is open on ${address} until block ${own.finishHeight}`;
  return { isOpen: false, reason: 'poc_challenge', text };
}

function lineOf({ id, verdict, verdict_reason, regressions = [], drift }: NodeResult): string {
  const told = [
    ...regressions.map((text) => `regression: ${text}`),
    ...(drift?.outcome === 'drift' ? [`drift: ${drift.text}`] : []),
  ];
  return [`${id}: ${verdict}: ${verdict_reason}`, ...told].join('; ');
}

/** Options of the watch are not inputs of a run, so they are not recorded with it. */
function flagsOfRuns(args: WatchArgs): FleetFlagValues {
  const { every, 'poc-margin': margin, pocMargin, 'any-phase': any, anyPhase, address, keep, ...rest } = args;
  const none = { 'poc-margin': undefined, pocMargin: undefined, json: undefined, resume: undefined };
  return { ...rest, ...none, metrics: undefined };
}
