import { type Forecast, forecastPreEligibility } from './forecast.js';
import { type HostStanding, readHostStanding } from './host.js';
import type { LookUpOptions } from './look-up.js';
import type { ModelParams } from './params.js';
import { type EventAnswer, findLatestEvent, readEventAt } from './pre-eligibility-event.js';
import type { RuleSet } from './rules/costs.js';
import { type BootstrapHeights, snapshotHeight, upcomingHeights } from './rules/heights.js';
import { isWeighed, type ToldState } from './rules/model-state.js';
import { type ChosenRules, chooseRules } from './rules/rule-set.js';
import { type ChainView, readChainView, requireInPoc, viewWarnings } from './view.js';

/** All figures of `bootstrap status`. */
export interface BootstrapStatus {
  view: ChainView;
  entry: ModelParams;
  heights: BootstrapHeights;
  rules: ChosenRules;
  /** The newest event, or the event of the requested snapshot. */
  event: EventAnswer;
  forecast: Forecast;
  /** A model that already counts as weight has no bootstrap any more. */
  state: ToldState;
  me: HostStanding | null;
  warnings: string[];
}

export interface StatusRequest {
  model: string;
  /** Whether another source has the name, such as a reference: then it is not a misspelling. */
  isKnownName: (model: string) => Promise<boolean>;
  address: string | undefined;
  rules: RuleSet | 'auto';
  /** Heights of a past or planned bootstrap. */
  snapshotHeight: number | undefined;
  pocStartHeight: number | undefined;
  lookUp: Omit<LookUpOptions, 'onProgress'> & {
    onProgress: (soFar: Forecast, done: number, total: number) => void;
  };
}

/** Reads the state of a bootstrap. */
export async function readBootstrapStatus(nodeUrl: string, request: StatusRequest): Promise<BootstrapStatus> {
  const { model, address, lookUp } = request;
  const options = { signal: lookUp.signal };
  const view = await readChainView(nodeUrl, options);
  const { entry, state } = await requireInPoc(view, model, request.isKnownName);
  const heights = askedHeights(request, view);
  const rules = chooseRules(request.rules, view.version, request.snapshotHeight);
  const [event, me] = await Promise.all([
    readEvent(nodeUrl, request, view, options),
    address === undefined ? null : readHostStanding(nodeUrl, address, entry, view, rules.ruleSet, options),
  ]);
  const forecast = await forecastPreEligibility(nodeUrl, entry, view.params, view.participants, lookUp);
  const warnings = viewWarnings(view);
  if (isWeighed(state.state))
    warnings.push(
      `${model} is ${state.state} already (${state.evidence}): no snapshot judges it, so there is nothing to forecast`,
    );
  if (state.state === 'unknown')
    warnings.push(`whether ${model} is active or launching is not known: ${state.evidence}`);
  return { view, entry, heights, rules, event, forecast, state, me, warnings };
}

function askedHeights({ snapshotHeight: asked, pocStartHeight }: StatusRequest, view: ChainView) {
  const { epochs, params } = view;
  const { deployWindow } = params.delegation;
  const upcoming = upcomingHeights(epochs, deployWindow);
  const pocStart = pocStartHeight ?? (asked === undefined ? undefined : asked + deployWindow);
  if (pocStart === undefined) return upcoming;
  const epochsAway = Math.round((pocStart - upcoming.pocStartHeight) / epochs.epochLength);
  return {
    epoch: upcoming.epoch + epochsAway,
    pocStartHeight: pocStart,
    snapshotHeight: asked ?? snapshotHeight(pocStart, deployWindow),
  };
}

/**
 * The event of the requested snapshot where it has passed, else the newest. It also works on a node without
 * an index.
 */
async function readEvent(
  nodeUrl: string,
  { model, snapshotHeight: asked }: StatusRequest,
  { epochs, params, pace }: ChainView,
  options: { signal: AbortSignal },
): Promise<EventAnswer> {
  if (asked !== undefined && asked <= pace.height) return await readEventAt(nodeUrl, model, asked, options);
  const newest = await findLatestEvent(nodeUrl, model, options);
  if (newest.kind !== 'node_does_not_index') return newest;
  const { deployWindow } = params.delegation;
  const next = snapshotHeight(epochs.stages.nextPocStart, deployWindow);
  const last = snapshotHeight(epochs.stages.pocStart, deployWindow);
  const passed = next !== null && next <= pace.height ? next : last;
  return passed === null || passed < 1 ? newest : await readEventAt(nodeUrl, model, passed, options);
}
