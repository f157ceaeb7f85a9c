import { choiceText, sameChoice } from '../chain/choice.js';
import { type HostStanding, readHostStanding } from '../chain/host.js';
import { requireNodeUrl } from '../chain/node-url.js';
import { type BootstrapHeights, upcomingHeights } from '../chain/rules/heights.js';
import { isWeighed, type ToldState } from '../chain/rules/model-state.js';
import { type ChosenRules, chooseRules } from '../chain/rules/rule-set.js';
import { SharedReads } from '../chain/shared-reads.js';
import { type ChainView, readChainView, requireInPoc, viewWarnings } from '../chain/view.js';
import { hasGolden } from '../golden/catalog.js';
import type { ChangeCheckResult } from '../network/checks/index.js';
import { checkStanding, type ReadyFinding } from '../poc/ready.js';
import { lookAtNodes } from './at-nodes.js';
import type { LifecycleEntry } from './entries.js';
import type { DownloadForecast } from './forecast-downloads.js';
import { AT_A_TIME, epochLimit, givenLoadTime, type HostFile, wantedChoice } from './host-file.js';
import { measuredIn } from './measured.js';
import { planNotes } from './plan-notes.js';
import { type PlanStep, planSteps } from './plan-steps.js';
import { judgeTime, type LoadTime } from './plan-time.js';

/** The plan for a host file in the present state. */
export interface LifecyclePlan {
  view: ChainView;
  heights: BootstrapHeights;
  rules: ChosenRules;
  steps: PlanStep[];
  /** The cost of each choice that the file may lead to. */
  costs: HostStanding['costs'];
  weight: bigint;
  /** The chain's own estimate of the epoch's reward; null: the node does not report one. */
  reward: HostStanding['reward'];
  checks: ChangeCheckResult[];
  warnings: string[];
  /** Why the goal of the file cannot be reached. */
  obstacles: string[];
  /** The snapshot of this epoch has passed without the choice; the run may wait for a later one. */
  missed: string | undefined;
  loadTime: LoadTime;
  /** Weights that must still be downloaded. */
  downloads: DownloadForecast[];
  /** What a run does in addition to the steps: fallbacks, further epochs, and questions. */
  notes: string[];
}

/** The entries of the file's run so far, and the checks that it must ignore. */
export interface PlanContext {
  entries?: readonly LifecycleEntry[];
  forced?: readonly string[];
  /** What others read of the chain for the same answer. */
  shared?: SharedReads;
}

/** Reads the chain, the network node and the ML nodes, and makes a plan. It changes nothing. */
export async function makePlan(
  host: HostFile,
  signal: AbortSignal,
  { entries = [], forced = [], shared = new SharedReads(signal) }: PlanContext = {},
): Promise<LifecyclePlan> {
  const nodeUrl = requireNodeUrl(host.node);
  const measured = measuredIn(entries);
  const loadTime = {
    seconds: measured.loadS ?? givenLoadTime(host),
    isMeasured: measured.loadS !== null,
  };
  const wanted = wantedChoice(host);
  const read = { signal, shared };
  const view = await readChainView(nodeUrl, read);
  const { entry, state } = await requireInPoc(view, host.model, hasGolden);
  const rules = chooseRules('auto', view.version, undefined);
  const heights = upcomingHeights(view.epochs, view.params.delegation.deployWindow);
  const [me, standing, atNodes] = await Promise.all([
    readHostStanding(nodeUrl, host.address, entry, view, rules.ruleSet, read),
    checkStanding(nodeUrl, host.address, view.version, read),
    lookAtNodes(host, { nodeUrl, loadTimeS: loadTime.seconds, measured, forced, signal, shared }),
  ]);
  const steps = planSteps({
    model: host.model,
    nodeUrl,
    key: host.key,
    address: host.address,
    wanted,
    stored: me.choice,
    nodeIds: atNodes.ids,
    epochs: view.epochs,
    heights,
    loadTimeMs: loadTime.seconds * 1000,
    msPerBlock: view.pace.msPerBlock,
  });
  const time = judgeTime({
    nodeCount: atNodes.ids.length,
    atATime: host.at_a_time ?? AT_A_TIME,
    loadTime,
    window: heights.snapshotHeight === null ? 0 : heights.pocStartHeight - heights.snapshotHeight,
    blocksToPoc: heights.pocStartHeight - view.pace.height,
    msPerBlock: view.pace.msPerBlock,
    downloads: atNodes.downloads,
    isLastEpoch: epochLimit(host) === 1,
  });
  return {
    view,
    heights,
    rules,
    steps,
    costs: me.costs,
    weight: me.participant?.weight ?? 0n,
    reward: me.reward,
    checks: atNodes.checks,
    warnings: [...viewWarnings(view), ...standingWarnings(standing), ...atNodes.warnings, ...time.warnings],
    obstacles: [
      ...atNodes.unregistered,
      ...atNodes.unverifiable,
      ...obstaclesOf(host, me, state, heights),
      ...time.obstacles,
    ],
    missed: sameChoice(me.choice, wanted) ? undefined : missedText(me, view, heights),
    loadTime,
    downloads: atNodes.downloads,
    notes: [...atNodes.origins, ...planNotes(host, me, atNodes.downloads)],
  };
}

/** Facts on the chain that make the goal impossible. */
function obstaclesOf(
  { address, model }: HostFile,
  { participant }: HostStanding,
  { state, evidence }: ToldState,
  { snapshotHeight }: BootstrapHeights,
): string[] {
  return [
    ...(participant === null ? [`${address} is not among the participants of the epoch`] : []),
    ...(snapshotHeight === null ? ['the chain takes no snapshot: its deploy window is 0'] : []),
    ...(isWeighed(state)
      ? [`${model} is ${state} already (${evidence}): the nodes switch to it without a bootstrap`]
      : []),
  ];
}

/** Reports that the stored choice is not the wanted one; undefined while there is time to change it. */
function missedText(
  { choice }: HostStanding,
  { pace }: ChainView,
  { snapshotHeight }: BootstrapHeights,
): string | undefined {
  if (snapshotHeight === null || pace.height < snapshotHeight) return undefined;
  return `the snapshot at ${snapshotHeight} has passed: ${choiceText(choice)} was stored`;
}

/** Conditions under which a PoC would fail, whatever the plan is. */
function standingWarnings(findings: readonly ReadyFinding[]): string[] {
  return findings
    .filter(({ level }) => level === 'error' || level === 'warning')
    .map(({ check, text }) => `${check}: ${text}`);
}
