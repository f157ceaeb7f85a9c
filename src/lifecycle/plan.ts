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
import { parseDuration } from '../terminal/duration.js';
import { epochLimit, fallbackChoice, type HostFile, wantedChoice, wantedNodes } from './host-file.js';
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
  /** What a run does beside the steps: fallbacks, further epochs, and what it asks. */
  notes: string[];
}

const STANDINGS: Record<'intent' | 'refusal' | 'delegation' | 'none', Standing[]> = {
  intent: ['commits', 'intent_without_commits', 'nothing'],
  refusal: ['refusal', 'nothing'],
  delegation: ['delegation_counts', 'delegation_does_not_count', 'nothing'],
  none: ['nothing'],
};

/** Reads the chain, the network node and the ML nodes, changes nothing, and plans. */
export async function makePlan(host: HostFile, signal: AbortSignal): Promise<Plan> {
  const nodeUrl = requireNodeUrl(host.node);
  const loadTimeS = parseDuration(host.load_time ?? '30m', 'load_time');
  const wanted = wantedChoice(host);
  const nodes = await wantedNodes(host);
  const view = await readChainView(nodeUrl, { signal });
  const entry = requireModelParams(view.params, host.model);
  const rules = chooseRules('auto', view.version, undefined);
  const heights = upcomingHeights(view.epochs, view.params.delegation.deployWindow);
  const [me, atNodes] = await Promise.all([
    readHostStanding(nodeUrl, host.address, entry, view, rules.ruleSet, { signal }),
    checkNodes(host, nodes, nodeUrl, loadTimeS, signal),
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
  if (nodes.length > 0 && loadBlocks(time) > window)
    obstacles.push(
      `the deploy window has ${window} blocks, and a load takes ${loadBlocks(time)} (load_time)`,
    );
  const isMissed =
    heights.snapshotHeight !== null &&
    view.pace.height >= heights.snapshotHeight &&
    !sameChoice(me.choice, wanted);
  return {
    view,
    heights,
    rules,
    steps,
    costs: me.costs.filter(({ standing }) => STANDINGS[wanted.kind].includes(standing)),
    weight: me.participant?.weight ?? 0n,
    checks: atNodes.checks,
    warnings: [...viewWarnings(view), ...atNodes.warnings],
    obstacles,
    missed: isMissed
      ? `the snapshot at ${heights.snapshotHeight} has passed: ${choiceText(me.choice)} was stored`
      : undefined,
    notes: notesOf(host, me, wanted),
  };
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
    );
  if (host.passphrase_file === undefined && (host.keyring_backend ?? 'file') !== 'test')
    notes.push('asked of you: the passphrase of the keyring, whenever something is sent (passphrase_file)');
  notes.push('asked of you: whether to send in spite of warnings (--yes), and what to do if the world moved');
  return notes;
}

/** What the network node and the ML nodes say of the nodes to be switched; nothing where none is. */
async function checkNodes(
  host: HostFile,
  nodes: Awaited<ReturnType<typeof wantedNodes>>,
  nodeUrl: string,
  loadTimeS: number,
  signal: AbortSignal,
): Promise<{ checks: CheckResult[]; unregistered: string[]; warnings: string[] }> {
  if (nodes.length === 0) return { checks: [], unregistered: [], warnings: [] };
  const admin = new AdminClient(parseAdminUrl(host.admin_url), signal);
  const listed = await admin.list();
  const facts = await gatherFacts({ change: 'switch', admin, nodeUrl, listed, nodes, loadTimeS, signal });
  return {
    checks: runChecks(facts, []),
    unregistered: nodes
      .filter(({ id }) => findNode(listed, id) === undefined)
      .map(({ id }) => `the network node lists no ${id}: register it with \`assay deploy\` first`),
    warnings: host.ml_nodes.flatMap(({ id, present_model: present }) => {
      const served = Object.keys(findNode(listed, id)?.node.models ?? {});
      if (present === undefined || served.length === 0 || served.includes(present)) return [];
      return [`${id} is configured for ${served.join(', ')}, not for ${present} (present_model)`];
    }),
  };
}
