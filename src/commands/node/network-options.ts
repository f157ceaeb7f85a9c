import { findNodeUrl, nodeOption } from '../../chain/node-url.js';
import { WeightMeasured, weightGuard } from '../../chain/weight-measured.js';
import { AssayError } from '../../errors.js';
import { AdminClient, DEFAULT_ADMIN_URL, findAdminUrl, type ListedNode } from '../../network/admin-client.js';
import type { Change } from '../../network/checks/check.js';
import { type ChangeCheckResult, checkNames, requirePassed, runChecks } from '../../network/checks/index.js';
import { gatherChangeFacts } from '../../network/gather.js';
import type { NodeObject } from '../../network/node-object.js';
import { findPublicApi } from '../../network/public-api.js';
import { parseReach, type Reach, requireReachOf } from '../../network/reach.js';
import { yesOption } from '../../terminal/prompt.js';
import { followable, type HasFlag } from '../../text/advice.js';
import { parseDuration } from '../../text/duration.js';
import { counted } from '../../text/figures.js';
import { jsonText } from '../../text/json.js';
import type { ArgsOf, Context } from '../command.js';
import { numberFlag, reachOption, textFlag } from '../flags.js';

export const adminOptions = {
  'admin-url': textFlag(`admin API of your network node (env ADMIN_API_URL; default ${DEFAULT_ADMIN_URL})`),
  json: { type: 'boolean', description: 'print JSON' },
} as const;

/** Options of every command that changes something on the network node. */
export const changeOptions = {
  ...adminOptions,
  node: {
    ...nodeOption,
    description: `${nodeOption.description}; default: the public API on the admin API’s host`,
  },
  force: {
    type: 'string',
    choices: checkNames,
    requiresArg: true,
    coerce: (value: string | string[]) => [value].flat(),
    description: 'continue although this one check fails (repeatable)',
  },
  yes: yesOption,
} as const;

/** Options of every command that makes a node load a model. */
export const loadingOptions = {
  ...changeOptions,
  reach: reachOption,
  'poc-batch': numberFlag('poc-batch', 'PoC batch of the node, if its POC_BATCH_SIZE_DEFAULT was set', {
    min: 1,
    max: 100_000,
    integer: true,
  }),
  'load-time': textFlag('loading time of the model; it must fit before the next PoC', { default: '30m' }),
} as const;

export const timeoutOption = {
  timeout: textFlag('how long to wait until the node serves the model', { default: '60m' }),
} as const;

type AdminArgs = ArgsOf<typeof adminOptions>;
type CheckArgs = Partial<Pick<ArgsOf<typeof changeOptions>, 'node' | 'force' | 'json'>> & {
  loadTime?: string;
  pocBatch?: number | undefined;
};

interface CheckOptions {
  admin: AdminClient;
  listed: ListedNode[];
  args: CheckArgs;
  context: Context;
  reach?: Reach;
  /** Nodes that this machine does not reach are judged by the network node's answer. */
  byListing?: boolean;
}

/**
 * How this machine reaches the nodes, by `--reach`.
 *
 * @throws UsageError when it names an unknown node
 */
export function reachOf({ reach: texts }: { reach?: string[] | undefined }, nodes: { id: string }[]): Reach {
  const reach = parseReach(texts);
  requireReachOf(
    reach,
    nodes.map(({ id }) => id),
  );
  return reach;
}

/** The admin API that the options give. */
export function openAdmin({ adminUrl: flag }: AdminArgs, signal: AbortSignal): AdminClient {
  return new AdminClient(findAdminUrl(flag) ?? DEFAULT_ADMIN_URL, signal);
}

/**
 * The admin API with which a run was started: the flag if given, else the recorded one. If ADMIN_API_URL is
 * the same API, its credentials are used.
 *
 * @param recorded without credentials
 */
export function reopenAdmin(recorded: string, args: AdminArgs, signal: AbortSignal): AdminClient {
  const given = openAdmin(args, signal);
  const isSame = args.adminUrl !== undefined || given.url === recorded;
  return isSame ? given : new AdminClient(recorded, signal);
}

/** Base URL of the network node's public API: the given one, else the one found next to the admin API. */
export async function publicApi(
  { node }: { node?: string | undefined },
  admin: AdminClient,
  signal: AbortSignal,
): Promise<string> {
  return findNodeUrl(node) ?? (await findPublicApi(admin.url, signal));
}

/**
 * Runs the checks of a change and prints each result on stderr.
 *
 * @param nodes the node objects to be sent; empty for a change that sends none
 * @throws AssayError when one fails that is not forced
 */
export async function checkChange(
  change: Change,
  nodes: NodeObject[],
  { admin, listed, args, context, reach, byListing }: CheckOptions,
): Promise<ChangeCheckResult[]> {
  const { terminal, signal } = context;
  const loadTimeS = parseDuration(args.loadTime ?? '0s', '--load-time');
  const nodeUrl = await publicApi(args, admin, signal);
  const facts = await gatherChangeFacts({
    change,
    admin,
    nodeUrl,
    listed,
    nodes,
    loadTimeS,
    signal,
    pocBatchOf: () => args.pocBatch,
    ...(reach && { reach }),
    ...(byListing && { byListing }),
  });
  const results = runChecks(facts, args.force ?? []);
  for (const result of results) terminal.say(checkLine(result, context.hasFlag));
  if (args.json && results.some(({ state }) => state === 'fail'))
    terminal.out(jsonText({ checks: results, nodes: [] }));
  requirePassed(results);
  return results;
}

/**
 * The last check before a config is sent to the network node, after the other checks or in place of them:
 * time has passed since they ran, and on resume they ran long ago.
 *
 * @returns throws WeightMeasured where weight is being measured, or will be before the model is loaded
 */
export function mayActOf(
  { force = [], loadTime }: CheckArgs,
  nodeUrl: string,
  signal: AbortSignal,
): (act?: 'apply' | 'rollback') => Promise<void> {
  const isForced = force.includes('phase') || force.includes('confirmation-poc');
  const isLate = force.includes('poc-window');
  const loadMs = isLate || loadTime === undefined ? 0 : 1000 * parseDuration(loadTime, '--load-time');
  return async (act = 'rollback') => {
    if (isForced) return;
    const takesMs = act === 'apply' ? loadMs : 0;
    // Asked each time: an answer that is one block old is too old for a change of the config.
    const why = await weightGuard(nodeUrl).whyNot({ what: 'change of the model', takesMs }, signal);
    if (why !== null)
      throw new WeightMeasured(`nothing was sent to the network node: ${why}`, {
        advice: 'try again when the phase is Inference again, or use --force phase at your own risk',
      });
  };
}

const SHOWN = { ok: 'ok', warn: 'warning', fail: 'FAILED', forced: 'forced' };

/** A check as a line for people. */
export function checkLine(
  { check, state, text, advice }: ChangeCheckResult,
  hasFlag: HasFlag = () => true,
): string {
  const told = state === 'ok' ? undefined : followable(advice, hasFlag);
  const more = told === undefined ? '' : `; ${told}`;
  return `${SHOWN[state].padEnd(8)} ${check.padEnd(17)} ${text}${more}`;
}

/** Ends a command with an error when some of its nodes failed. */
export function requireAll(results: { id: string; error?: string }[]): void {
  const failed = results.filter(({ error }) => error !== undefined);
  if (failed.length === 0) return;
  throw new AssayError(
    `${failed.length} of ${counted(results.length, 'node')} failed: ${failed.map(({ id }) => id).join(', ')}`,
    {
      advice: 'the others are done; correct these and run it again',
    },
  );
}
