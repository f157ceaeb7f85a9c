import { join } from 'node:path';
import { weightGuard } from '../../chain/weight-measured.js';
import { AssayError, UsageError } from '../../errors.js';
import { makeNewFolder } from '../../files/make-folder.js';
import { folderName, timeStamp } from '../../files/names.js';
import type { AdminClient } from '../../network/admin-client.js';
import { requireNode } from '../../network/apply.js';
import { differences } from '../../network/compare.js';
import { readGivenConfig } from '../../network/given-config.js';
import { readOneNode } from '../../network/node-config.js';
import type { NodeObject } from '../../network/node-object.js';
import { presentConfig } from '../../network/present-config.js';
import type { Reach } from '../../network/reach.js';
import { createSwitchRun, openSwitchRun, type SwitchRun } from '../../network/switch/switch-folder.js';
import { type SwitchOutcome, switchNode } from '../../network/switch/switch-node.js';
import { parseDuration } from '../../text/duration.js';
import { jsonText } from '../../text/json.js';
import { quoteForShell } from '../../text/shell.js';
import { requireReference, validateServed } from '../../validate/validate-served.js';
import { type ArgsOf, type Context, defineCommand } from '../command.js';
import { textFlag } from '../flags.js';
import {
  checkChange,
  loadingOptions,
  mayActOf,
  openAdmin,
  publicApi,
  reachOf,
  reopenAdmin,
  timeoutOption,
} from './network-options.js';
import { servingOptions } from './parts.js';
import { showWait } from './wait-progress.js';

const options = {
  to: textFlag('file with the new node object; - for stdin'),
  'node-config': textFlag(
    'in place of --to: published file with the model and its arguments; the address stays',
  ),
  ...servingOptions,
  resume: textFlag('run folder of an interrupted switch'),
  rollback: {
    type: 'boolean',
    default: true,
    description:
      'go back to the old config if the new one does not serve or fails; --no-rollback keeps the new one',
  },
  'skip-validate': { type: 'boolean', default: false, description: 'do not validate after the switch' },
  'run-dir': textFlag('folder of this run (default runs/switch_ID_TIME)'),
  ...loadingOptions,
  ...timeoutOption,
} as const;

export const command = defineCommand({
  usage: '[id]',
  description:
    'Switches a node to another config: saves the old one in a file, applies the new one, waits for the model, validates it, and goes back if that fails. It can be resumed after any interruption.',
  positionals: { id: { type: 'string', description: 'id of the node' } },
  options,
  examples: [
    ['assay node switch node1 --to kimi.json', 'and go back if it fails'],
    [
      'assay node switch node1 --node-config new-model.json --reference new-model-reference.json',
      'to a model that is not part of assay, from files; the address stays',
    ],
    ['assay node switch --resume runs/switch_node1_2026-04-27_101500', 'continue after a kill or a reboot'],
  ],
  async run(args, context) {
    const run = args.resume === undefined ? await start(args, context) : await openSwitchRun(args.resume);
    try {
      const admin = reopenAdmin(run.plan.adminUrl, args, context.signal);
      const reach = { ...run.plan.reach, ...reachOf(args, [run.after]) };
      const nodeUrl = await publicApi(args, admin, context.signal);
      const outcome = await carryOut(run, { admin, reach, nodeUrl, args }, context);
      return conclude(run, outcome, args.json ?? false, context);
    } catch (error) {
      const isEnded = error instanceof SwitchFailed;
      if (!isEnded)
        context.terminal.say(`to continue: assay node switch --resume ${quoteForShell([run.folder])}`);
      throw error;
    } finally {
      await run.close();
    }
  },
});

type Args = ArgsOf<typeof options> & { id?: string | undefined };

class SwitchFailed extends AssayError {
  override name = 'SwitchFailed';
}

/** All steps before the first change: both configs, the checks, and the run folder. */
async function start(args: Args, context: Context): Promise<SwitchRun> {
  const { id, rollback } = args;
  if (id === undefined || (args.to === undefined) === (args.nodeConfig === undefined)) {
    throw new UsageError('give the id of the node and --to FILE or --node-config FILE, or --resume RUN_DIR');
  }
  const given = await readGiven(args, id);
  const timeoutMs = 1000 * parseDuration(args.timeout, '--timeout');
  const admin = openAdmin(args, context.signal);
  const listed = await admin.list();
  const present = requireNode(listed, id);
  const after = 'node' in given ? given.node : { ...presentConfig(present), models: given.models };
  const validate = !args.skipValidate;
  const reference = validate ? await requireReference(after, args.reference) : undefined;
  const reach = reachOf(args, [after]);
  if (differences(after, present.node).length === 0) {
    throw new AssayError(`node ${id} has that config already`, { advice: 'nothing was changed' });
  }
  await checkChange('switch', [after], { admin, listed, args, context, reach, byListing: !validate });
  const plan = {
    id,
    adminUrl: admin.url,
    rollback,
    validate,
    timeoutMs,
    reach,
    ...(reference !== undefined && { reference }),
    ...(args.servedAs !== undefined && { servedAs: args.servedAs }),
  };
  const before = presentConfig(present);
  const run =
    args.runDir === undefined
      ? await createSwitchRun(defaultFolder(id), plan, before, after, makeNewFolder)
      : await createSwitchRun(args.runDir, plan, before, after);
  context.terminal.say(`the old config is in ${join(run.folder, 'before.json')}`);
  return run;
}

function defaultFolder(id: string): string {
  return join('runs', `switch_${folderName(id)}_${timeStamp(new Date())}`);
}

/** The new config: a whole node object, or new models for the current one. */
async function readGiven(
  { to, nodeConfig }: Args,
  id: string,
): Promise<{ node: NodeObject } | { models: NodeObject['models'] }> {
  if (to !== undefined) {
    const node = await readOneNode(to);
    if (node.id !== id) {
      throw new AssayError(`${to} is the config of node ${node.id}, not of ${id}`, {
        advice: 'give --node-config to take only its model, and keep the address',
      });
    }
    return { node };
  }
  const { model, config, node } = await readGivenConfig(nodeConfig as string, id);
  return node === null ? { models: { [model]: config } } : { node };
}

const SAYS = {
  apply: 'applying the new config',
  serve: 'waiting for the new model',
  validate: 'validating',
  rollback: 'going back to the old config',
  'serve-old': 'waiting for the old model',
  done: '',
};

async function carryOut(
  run: SwitchRun,
  { admin, reach, nodeUrl, args }: { admin: AdminClient; reach: Reach; nodeUrl: string; args: Args },
  context: Context,
): Promise<SwitchOutcome> {
  const { terminal, signal } = context;
  let progress: ReturnType<typeof showWait> | undefined;
  const endProgress = () => {
    progress?.stop();
    progress = undefined;
  };
  try {
    return await switchNode(run, {
      admin,
      signal,
      reach,
      nodeUrl,
      mayAct: mayActOf(args, nodeUrl, signal),
      validate: (node) => {
        const { reference, servedAs } = run.plan;
        return validateServed(node, context, {
          reach,
          reference,
          servedAs,
          weightGuard: args.force?.includes('phase') ? undefined : weightGuard(nodeUrl),
        });
      },
      onStep(step) {
        endProgress();
        terminal.say(SAYS[step]);
      },
      onLook(serving, elapsedMs) {
        progress ??= showWait(terminal, run.plan.id);
        progress.onLook(serving, elapsedMs);
      },
    });
  } finally {
    endProgress();
  }
}

function conclude(run: SwitchRun, outcome: SwitchOutcome, json: boolean, { terminal }: Context): number {
  const { id } = run.plan;
  if (json) terminal.out(jsonText({ id, ...outcome, run_folder: run.folder }));
  if (outcome.failure === undefined) {
    if (!json) terminal.out(`${id} is switched; run in ${run.folder}`);
    return 0;
  }
  const { why, exitCode } = outcome.failure;
  const state = {
    new: 'the new config stays (--no-rollback)',
    old:
      outcome.oldFailure === undefined
        ? 'the old config is back and serves'
        : `the old config is back, but ${outcome.oldFailure}`,
    neither: 'the network node has neither config',
  }[outcome.holds];
  throw new SwitchFailed(`${why}; ${state}`, { exitCode, advice: `see ${run.folder}` });
}
