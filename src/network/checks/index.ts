import { AssayError } from '../../errors.js';
import { adminUrl } from './admin-url.js';
import { argForms } from './arg-forms.js';
import { argTokens } from './arg-tokens.js';
import { batchedTokens } from './batched-tokens.js';
import type { Change, ChangeCheck, ChangeFacts, ChangeFinding } from './check.js';
import { config } from './config.js';
import { confirmationPoc } from './confirmation-poc.js';
import { epochModel } from './epoch-model.js';
import { firstArg } from './first-arg.js';
import { gpuErrors } from './gpu-errors.js';
import { gpus } from './gpus.js';
import { id } from './id.js';
import { modelApproved } from './model-approved.js';
import { modelArgs } from './model-args.js';
import { modelOverride } from './model-override.js';
import { cuda, driver, mlnodeVersion } from './needs.js';
import { phase } from './phase.js';
import { pocWindow } from './poc-window.js';
import { reasoningParser } from './reasoning-parser.js';
import { replicaSize } from './replica-size.js';
import { startTime } from './start-time.js';
import { weights } from './weights.js';

/** Checks for every change. */
const ALWAYS = [adminUrl, phase, confirmationPoc];
/** Checks for a change that makes a node load a model. */
const LOADING = [
  ...[pocWindow, startTime, config, id, modelApproved, modelArgs, modelOverride],
  ...[argTokens, firstArg, argForms, batchedTokens, reasoningParser],
  ...[gpus, replicaSize, gpuErrors, driver, cuda, mlnodeVersion, weights, epochModel],
];

/** The names that `--force` accepts. */
export const checkNames = [...ALWAYS, ...LOADING].map(({ name }) => name);

export interface ChangeCheckResult extends Omit<ChangeFinding, 'state'> {
  check: string;
  state: ChangeFinding['state'] | 'forced';
}

/**
 * The results of all checks that the change needs; `forced` names the checks whose failure the user
 * overrides.
 */
export function runChecks(facts: ChangeFacts, forced: readonly string[]): ChangeCheckResult[] {
  return checksOf(facts.change).map(({ name, judge }) => {
    const finding = judge(facts);
    const isForced = finding.state === 'fail' && forced.includes(name);
    return { check: name, ...finding, state: isForced ? 'forced' : finding.state };
  });
}

/**
 * Returns only when no check failed.
 *
 * @throws AssayError naming the failed checks, with advice about the first
 */
export function requirePassed(results: ChangeCheckResult[]): void {
  const failed = results.filter(({ state }) => state === 'fail');
  if (failed.length === 0) return;
  const texts = failed.map(({ check, text }) => `${check} (${text})`).join('; ');
  const [first] = failed;
  throw new AssayError(`nothing was changed, because a check failed: ${texts}`, {
    advice: `${first?.advice ?? 'correct that'}; --force ${first?.check} overrides only that check`,
  });
}

function checksOf(change: Change): ChangeCheck[] {
  const loads = !['enable', 'disable', 'remove'].includes(change);
  return loads ? [...ALWAYS, ...LOADING] : ALWAYS;
}
