import { requireNodeUrl } from '../../chain/node-url.js';
import { type HostFile, wantedChoice } from '../../lifecycle/host-file.js';
import { makePlan } from '../../lifecycle/plan.js';
import { sendSettings } from '../../lifecycle/store-choice.js';
import { jsonText } from '../../text/json.js';
import type { Context } from '../command.js';
import { checkLine } from '../node/network-options.js';

/**
 * Does the parts of a run that change nothing: every read, every check, and the transaction up to its
 * command.
 */
export async function rehearse(
  host: HostFile,
  { json = false, force: forced = [] }: { json?: boolean | undefined; force?: string[] | undefined },
  context: Context,
): Promise<number> {
  const { terminal, signal } = context;
  const nodeUrl = requireNodeUrl(host.node);
  const { sendChoice } = await import('../../tx/send.js');
  const plan = await makePlan(host, signal, { forced });
  for (const warning of plan.warnings) terminal.say(`warning: ${warning}`);
  for (const check of plan.checks) terminal.say(checkLine(check, context.hasFlag));
  const sent = await sendChoice(
    { ...sendSettings(host, nodeUrl), wanted: wantedChoice(host), dryRun: true, acceptWarnings: false },
    context,
  );
  const problems = [
    ...plan.obstacles,
    ...(plan.missed === undefined ? [] : [plan.missed]),
    ...plan.checks.filter(({ state }) => state === 'fail').map(({ check, text }) => `${check}: ${text}`),
    ...sent.checks.filter(({ level }) => level === 'error').map(({ check, text }) => `${check}: ${text}`),
  ];
  const what = { would_send: sent.command, steps: plan.steps.map(({ what }) => what), problems };
  if (json) terminal.out(jsonText(what));
  else {
    terminal.out(`would send: ${sent.command}`);
    for (const step of what.steps) terminal.out(`would do:   ${step}`);
    for (const problem of problems) terminal.out(`problem:    ${problem}`);
    terminal.out(problems.length === 0 ? 'nothing blocks it' : 'nothing was changed');
  }
  return problems.length === 0 ? 0 : 1;
}
