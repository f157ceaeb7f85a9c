import { existsSync } from 'node:fs';
import { requireNodeUrl } from '../../chain/node-url.js';
import { patiently } from '../../chain/patience.js';
import { AssayError, messageOf } from '../../errors.js';
import { lockFolder } from '../../journal/folder-lock.js';
import { stateOf } from '../../lifecycle/entries.js';
import { type HostFile, wantedNodes } from '../../lifecycle/host-file.js';
import { hostReportOf, writeHostReport } from '../../lifecycle/host-report.js';
import { putAside, runFolderOf } from '../../lifecycle/lifecycle-folder.js';
import { type OpenRun, openRun } from '../../lifecycle/open-run.js';
import { type LifecyclePlan, makePlan } from '../../lifecycle/plan.js';
import { runLifecycle } from '../../lifecycle/run-lifecycle.js';
import { AdminClient, parseAdminUrl } from '../../network/admin-client.js';
import { checkNames } from '../../network/checks/index.js';
import { yesOption } from '../../terminal/prompt.js';
import { jsonText } from '../../text/json.js';
import { quoteForShell } from '../../text/shell.js';
import { type ArgsOf, type Context, defineCommand } from '../command.js';
import { waitWithProgress } from '../height-progress.js';
import { checkLine } from '../node/network-options.js';
import { tellOrSay } from '../tell-or-say.js';
import { fileOption, givenOptions, readHost } from './options.js';

const options = {
  ...fileOption,
  ...givenOptions,
  rehearse: { type: 'boolean', default: false, description: 'run only the steps that change nothing' },
  new: {
    type: 'boolean',
    default: false,
    description: 'set the run of this file aside, and start a new one',
  },
  force: {
    type: 'string',
    choices: checkNames,
    requiresArg: true,
    coerce: (value: string | string[]) => [value].flat(),
    description: 'switch although this one check fails (repeatable)',
  },
  yes: { ...yesOption, description: 'accept the warnings before a transaction' },
  json: { type: 'boolean', description: 'print the report as JSON' },
} as const;

export const command = defineCommand({
  description:
    'Runs a bootstrap for a host: stores the choice, downloads the weights, waits for the snapshot, switches the nodes if the model is pre-eligible, validates each node, goes back if that fails, and writes one report. If it is interrupted, the same command continues. Exit 0: the goal of the file is reached; 2: a node failed validation and is back on its old config; 3: not pre-eligible, nothing was switched; 1: an error; 130: interrupted.',
  options,
  examples: [
    ['assay lifecycle run --file host.yaml --rehearse', 'see what would happen'],
    [
      'assay lifecycle run --file host.yaml',
      'from intent to verdict; the same command continues after a kill',
    ],
    [
      'assay lifecycle run --node-config new-model.json --reference new-model-reference.json',
      'a model that is not part of assay, from files',
    ],
  ],
  async run(args, context) {
    if (args.new && !args.rehearse) await putRunAside(args.file, context);
    const host = await readHost(args);
    if (args.rehearse) return await (await import('./rehearse.js')).rehearse(host, args, context);
    const open = await openRun(args.file, host);
    try {
      return await carryOut(host, open, args, context);
    } finally {
      await open.close();
    }
  },
});

type Args = ArgsOf<typeof options>;

async function carryOut(host: HostFile, open: OpenRun, args: Args, context: Context): Promise<number> {
  const { terminal, signal } = context;
  const { folder, journal } = open;
  const nodeUrl = requireNodeUrl(host.node);
  const { force: forced = [] } = args;
  if (stateOf(journal.entries).identity === null)
    requireStart(await makePlan(host, signal, { forced }), context);
  const admin = new AdminClient(parseAdminUrl(host.admin_url), signal);
  const patience = { signal, onTrouble: (text: string) => terminal.say(text) };
  const isDeployed = host.choice === 'deploy';
  let failure: unknown;
  try {
    await runLifecycle({
      host,
      nodes: await wantedNodes(host, isDeployed ? await patiently(() => admin.list(), patience) : []),
      nodeUrl,
      folder,
      journal,
      admin,
      terminal,
      signal,
      acceptWarnings: args.yes,
      forced,
      waitFor: (label, height, pace) => waitWithProgress(nodeUrl, label, height, pace, patience, terminal),
    });
  } catch (error) {
    failure = signal.aborted ? signal.reason : error;
  }
  const told = await hostReportOf(
    folder,
    host,
    journal.entries,
    failure instanceof AssayError
      ? { message: failure.line, exitCode: failure.exitCode }
      : { message: messageOf(failure), exitCode: 1 },
  );
  const { report, text } = told;
  await tellOrSay('the report was not written', terminal.say, () => writeHostReport(folder, told));
  if (failure !== undefined) {
    const file = quoteForShell([args.file]);
    terminal.say(`to continue: assay lifecycle run --file ${file}`);
    terminal.say(`to go back: assay lifecycle abort --file ${file}`);
    throw failure;
  }
  terminal.out(args.json ? jsonText(report) : text);
  if (!args.json) terminal.say(`report in ${folder}; another run of this file: --new`);
  return report.exit_code;
}

/**
 * Reports, before the run begins, what would certainly stop it from reaching its goal.
 *
 * @throws AssayError naming the reason
 */
function requireStart({ warnings, checks, obstacles }: LifecyclePlan, { terminal, hasFlag }: Context): void {
  for (const warning of warnings) terminal.say(`warning: ${warning}`);
  for (const check of checks) terminal.say(checkLine(check, hasFlag));
  const failed = checks.filter(({ state }) => state === 'fail');
  const reasons = [...obstacles, ...failed.map(({ check, text }) => `${check}: ${text}`)];
  if (reasons.length === 0) return;
  throw new AssayError(`nothing was done: ${reasons.join('; ')}`, {
    advice: failed[0]?.advice ?? '`assay lifecycle plan` shows the whole plan',
  });
}

async function putRunAside(hostFile: string, { terminal }: Context): Promise<void> {
  const folder = runFolderOf(hostFile);
  if (!existsSync(folder)) return;
  // Not while another process works on it.
  await (await lockFolder(folder))();
  terminal.say(`the earlier run is in ${await putAside(folder)}`);
}
