import { isBlackwell } from './gpus.js';

/** The ML node ends a start after its VLLM_RUNNER_TIMEOUT. This is the default value. */
const RUNNER_TIMEOUT_S = 1_200;
/** Time for the node to notice it, and for us to see it. */
const SLACK_S = { before: 30, after: 180 };

const DEFAULT_S = 1_800;
/** A cold start takes 17 to 27 minutes there, and replicas join after it. */
const BLACKWELL_S = 3_600;

/** How long a start may take on these GPUs, where the user gives no limit. */
export function startLimitS(gpuClasses: readonly string[]): number {
  return gpuClasses.some(isBlackwell) ? BLACKWELL_S : DEFAULT_S;
}

/**
 * What to do about a start that died at the ML node's own limit; undefined where it died at another time.
 *
 * @param elapsedS since the start was asked for
 */
export function runnerLimitAdvice(elapsedS: number): string | undefined {
  const isAtLimit =
    elapsedS >= RUNNER_TIMEOUT_S - SLACK_S.before && elapsedS <= RUNNER_TIMEOUT_S + SLACK_S.after;
  if (!isAtLimit) return undefined;
  return 'it died at the start limit of the ML node: set VLLM_RUNNER_TIMEOUT=3600 in its environment (default 1,200 s), and look into its log';
}
