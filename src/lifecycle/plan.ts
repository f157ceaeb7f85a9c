import { choiceText } from '../chain/choice.js';
import { type HostStanding, readHostStanding } from '../chain/host.js';
import { requireNodeUrl } from '../chain/node-url.js';
import { requireModelParams } from '../chain/params.js';
import type { Standing } from '../chain/rules/costs.js';
import { type BootstrapHeights, upcomingHeights } from '../chain/rules/heights.js';
import { type ChosenRules, chooseRules } from '../chain/rules/rule-set.js';
import { type ChainView, readChainView, viewWarnings } from '../chain/view.js';
import { AdminClient, parseAdminUrl } from '../network/admin-client.js';
import { type CheckResult, runChecks } from '../network/checks/index.js';
import { gatherFacts } from '../network/gather.js';
import { parseDuration } from '../terminal/duration.js';
import { type HostFile, wantedChoice, wantedNodes } from './host-file.js';
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
  /** Why the goal of the file cannot be reached in this epoch. */
  obstacles: string[];
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
  const [me, checks] = await Promise.all([
    readHostStanding(nodeUrl, host.address, entry, view, rules.ruleSet, { signal }),
    nodes.length === 0 ? [] : checkNodes(host, nodes, nodeUrl, loadTimeS, signal),
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
  const obstacles: string[] = [];
  if (me.participant === null) obstacles.push(`${host.address} is not among the participants of the epoch`);
  if (heights.snapshotHeight === null) obstacles.push('the chain takes no snapshot: its deploy window is 0');
  else if (view.pace.height >= heights.snapshotHeight)
    obstacles.push(
      `the snapshot at ${heights.snapshotHeight} has passed: ${choiceText(me.choice)} was stored`,
    );
  if (nodes.length > 0 && loadBlocks(time) > window)
    obstacles.push(
      `the deploy window has ${window} blocks, and a load takes ${loadBlocks(time)} (load_time)`,
    );
  return {
    view,
    heights,
    rules,
    steps,
    costs: me.costs.filter(({ standing }) => STANDINGS[wanted.kind].includes(standing)),
    weight: me.participant?.weight ?? 0n,
    checks,
    warnings: viewWarnings(view),
    obstacles,
  };
}

async function checkNodes(
  host: HostFile,
  nodes: Awaited<ReturnType<typeof wantedNodes>>,
  nodeUrl: string,
  loadTimeS: number,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const admin = new AdminClient(parseAdminUrl(host.admin_url), signal);
  const listed = await admin.list();
  return runChecks(
    await gatherFacts({ change: 'switch', admin, nodeUrl, listed, nodes, loadTimeS, signal }),
    [],
  );
}
