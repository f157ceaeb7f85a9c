import { type Choice, choiceText, sameChoice } from '../chain/choice.js';
import { type HostStanding, readHostStanding, serversOf } from '../chain/host.js';
import { requireNodeUrl } from '../chain/node-url.js';
import { requireModelParams } from '../chain/params.js';
import type { Standing } from '../chain/rules/costs.js';
import { type BootstrapHeights, upcomingHeights } from '../chain/rules/heights.js';
import { type ChosenRules, chooseRules } from '../chain/rules/rule-set.js';
import { type ChainView, readChainView, viewWarnings } from '../chain/view.js';
import { AdminClient, parseAdminUrl } from '../network/admin-client.js';
import { findNode } from '../network/apply.js';
import { type CheckResult, runChecks } from '../network/checks/index.js';
import { gatherFacts } from '../network/gather.js';
import type { NodeObject } from '../network/node-object.js';
import { timeText } from '../terminal/duration.js';
import type { LifecycleEntry } from './entries.js';
import { type DownloadForecast, forecastDownloads, whyTooLate } from './forecast-downloads.js';
import {
  AT_A_TIME,
  epochLimit,
  fallbackChoice,
  givenLoadTime,
  type HostFile,
  wantedChoice,
  wantedNodes,
} from './host-file.js';
import { type Measured, measuredIn } from './measured.js';
import { loadBlocks, type PlanStep, planSteps } from './steps.js';

/** What a host file comes to, as things stand. */
export interface Plan {
  view: ChainView;
  heights: BootstrapHeights;
  rules: ChosenRules;
  steps: PlanStep[];
  /** What each choice that can come of the file would cost. */
  costs: HostStanding['costs'];
  weight: bigint;
  checks: CheckResult[];
  warnings: string[];
  /** Why the goal of the file cannot be reached. */
  obstacles: string[];
  /** That the snapshot of this epoch has passed without the choice; a later one may be waited for. */
  missed: string | undefined;
  /** For a load and its validation, in seconds; `measured` by the run of this file. */
  loadTime: { seconds: number; isMeasured: boolean };
  /** Weights that are still to be fetched. */
  downloads: DownloadForecast[];
  /** What a run does beside the steps: fallbacks, further epochs, and what it asks. */
  notes: string[];
}

/** What a run of the file has done so far, and what it is told to overlook. */
export interface PlanContext {
  entries?: readonly LifecycleEntry[];
  forced?: readonly string[];
}

/** Checks whose answer may be another one when the nodes are switched, and what a run does until then. */
const LATER: Record<string, string> = {
  phase: 'looked at again before the switch',
  'confirmation-poc': 'looked at again before the switch',
  'poc-window': 'looked at again before the switch',
  weights: 'a run fetches them first',
};

/** Reads the chain, the network node and the ML nodes, changes nothing, and plans. */
export async function makePlan(
  host: HostFile,
  signal: AbortSignal,
  { entries = [], forced = [] }: PlanContext = {},
): Promise<Plan> {
  const nodeUrl = requireNodeUrl(host.node);
  const measured = measuredIn(entries);
  const loadTimeS = measured.loadS ?? givenLoadTime(host);
  const wanted = wantedChoice(host);
  const nodes = await wantedNodes(host);
  const view = await readChainView(nodeUrl, { signal });
  const entry = requireModelParams(view.params, host.model);
  const rules = chooseRules('auto', view.version, undefined);
  const heights = upcomingHeights(view.epochs, view.params.delegation.deployWindow);
  const [me, atNodes] = await Promise.all([
    readHostStanding(nodeUrl, host.address, entry, view, rules.ruleSet, { signal }),
    checkNodes(host, nodes, { nodeUrl, loadTimeS, measured, forced, signal }),
  ]);
  const time = { loadTimeMs: loadTimeS * 1000, msPerBlock: view.pace.msPerBlock };
  const steps = planSteps({
    model: host.model,
    nodeUrl,
    key: host.key,
    address: host.address,
    wanted,
    stored: me.choice,
    nodeIds: nodes.map(({ id }) => id),
    epochs: view.epochs,
    heights,
    ...time,
  });
  const window = heights.snapshotHeight === null ? 0 : heights.pocStartHeight - heights.snapshotHeight;
  const obstacles = [...atNodes.unregistered];
  if (me.participant === null) obstacles.push(`${host.address} is not among the participants of the epoch`);
  if (heights.snapshotHeight === null) obstacles.push('the chain takes no snapshot: its deploy window is 0');
  if (serversOf(host.model, view.participants).length > 0)
    obstacles.push(`${host.model} is active already: it is switched to without a bootstrap`);
  const warnings = [...viewWarnings(view), ...atNodes.warnings];
  const rounds = Math.ceil(nodes.length / (host.at_a_time ?? AT_A_TIME));
  const load = `${loadBlocks(time)} (${measured.loadS === null ? 'load_time' : 'measured'})`;
  if (nodes.length > 0 && loadBlocks(time) > window)
    obstacles.push(`the deploy window has ${window} blocks, and a load takes ${load}`);
  else if (loadBlocks(time) * rounds > window)
    warnings.push(
      `the deploy window has ${window} blocks, and ${rounds} loads one after the other take ${load} each: some nodes will not be switched (at_a_time)`,
    );
  const untilPocS = ((heights.pocStartHeight - view.pace.height) * view.pace.msPerBlock) / 1000;
  const late = atNodes.downloads.flatMap(({ id, leftS }) => {
    const why = whyTooLate(leftS, loadTimeS, untilPocS);
    return why === undefined ? [] : [`${id} cannot be switched before PoC starts: ${why}`];
  });
  // One node that is in time commits for the host, and a later epoch may do.
  const isHopeless = late.length === nodes.length && epochLimit(host) === 1;
  (isHopeless ? obstacles : warnings).push(...late);
  const isMissed =
    heights.snapshotHeight !== null &&
    view.pace.height >= heights.snapshotHeight &&
    !sameChoice(me.choice, wanted);
  return {
    view,
    heights,
    rules,
    steps,
    costs: me.costs,
    weight: me.participant?.weight ?? 0n,
    checks: atNodes.checks,
    warnings,
    obstacles,
    missed: isMissed
      ? `the snapshot at ${heights.snapshotHeight} has passed: ${choiceText(me.choice)} was stored`
      : undefined,
    loadTime: { seconds: loadTimeS, isMeasured: measured.loadS !== null },
    downloads: atNodes.downloads,
    notes: [...atNodes.downloads.map(downloadNote), ...notesOf(host, me, wanted)],
  };
}

function downloadNote({ id, status, leftS }: DownloadForecast): string {
  const left =
    leftS === null
      ? 'how long they take is not known before a download of this run has ended (or with weights_gb)'
      : `they take about ${timeText(leftS)} more`;
  return `${id}: its weights are ${status}; ${left}`;
}

function notesOf(host: HostFile, { costs }: HostStanding, wanted: Choice): string[] {
  const notes: string[] = [];
  const fallback = (when: string, choice: Choice | undefined) => {
    const standing = ({ delegation: 'delegation_counts', refusal: 'refusal' } as const)[
      choice?.kind as 'delegation' | 'refusal'
    ];
    const cost = (of: Standing) => costs.find((row) => row.standing === of)?.cells.eligible.amount ?? 0n;
    const stays = `an intent without commits costs ${cost('intent_without_commits')}`;
    notes.push(
      choice === undefined
        ? `${when}: nothing more is sent (stay); if the model becomes eligible, ${stays}, as much as doing nothing`
        : `${when}: ${choiceText(choice)} is stored before PoC validation; if the model becomes eligible, that costs ${cost(standing)}, where ${stays}`,
    );
  };
  if (host.choice === 'deploy') {
    fallback('not pre-eligible', fallbackChoice(host.if_not_pre_eligible));
    fallback('no node passes', fallbackChoice(host.on_validation_failure));
  }
  const limit = epochLimit(host);
  if (limit > 1)
    notes.push(
      `until the model is eligible${limit === Number.POSITIVE_INFINITY ? '' : `, ${limit} epochs at the most`}: ` +
        (wanted.kind === 'delegation'
          ? 'the delegation lasts, and is looked at in each epoch'
          : `${choiceText(wanted)} is sent again in each epoch before its snapshot, since the chain forgets it`),
      ...(host.choice === 'deploy'
        ? [
            'a node that fails its validation is not tried again: it must be looked at first; the others go on, and with none left the run ends',
          ]
        : []),
    );
  if (host.passphrase_file === undefined && (host.keyring_backend ?? 'file') !== 'test')
    notes.push('asked of you: the passphrase of the keyring, whenever something is sent (passphrase_file)');
  notes.push('asked of you: whether to send in spite of warnings (--yes), and what to do if the world moved');
  return notes;
}

interface AtNodes {
  checks: CheckResult[];
  unregistered: string[];
  warnings: string[];
  downloads: DownloadForecast[];
}

/** What the network node and the ML nodes say of the nodes to be switched; nothing where none is. */
async function checkNodes(
  host: HostFile,
  nodes: NodeObject[],
  {
    measured,
    forced,
    ...gathering
  }: {
    nodeUrl: string;
    loadTimeS: number;
    signal: AbortSignal;
    measured: Measured;
    forced: readonly string[];
  },
): Promise<AtNodes> {
  if (nodes.length === 0) return { checks: [], unregistered: [], warnings: [], downloads: [] };
  const admin = new AdminClient(parseAdminUrl(host.admin_url), gathering.signal);
  const listed = await admin.list();
  const facts = await gatherFacts({ change: 'switch', admin, listed, nodes, ...gathering });
  return {
    checks: runChecks(facts, forced).map(later),
    unregistered: nodes
      .filter(({ id }) => findNode(listed, id) === undefined)
      .map(({ id }) => `the network node lists no ${id}: register it with \`assay deploy\` first`),
    warnings: host.ml_nodes.flatMap(({ id, present_model: present }) => {
      const served = Object.keys(findNode(listed, id)?.node.models ?? {});
      if (present === undefined || served.length === 0 || served.includes(present)) return [];
      return [`${id} is configured for ${served.join(', ')}, not for ${present} (present_model)`];
    }),
    downloads: await forecastDownloads(host, facts.nodes, measured, gathering.signal),
  };
}

/** What is looked at again in time stands in nobody's way now. */
function later(result: CheckResult): CheckResult {
  const advice = LATER[result.check];
  return result.state === 'fail' && advice !== undefined ? { ...result, state: 'warn', advice } : result;
}
