import type { GovernanceModel } from '../chain/models.js';
import type { Weights } from '../run/report.js';
import { modelStays } from './model-stays.js';
import type { NodeObject } from './node-object.js';
import { argValue } from './serve-args.js';

/**
 * The four names of a model: its governance id, which the chain and PoC requests say; the repository and commit that
 * are loaded; and the name that the node says, which may be any of these, a path, or a `--served-model-name`.
 */

export const REVISION = '--revision';
export const SERVED_NAME = '--served-model-name';

/** What of a model's config tells its names and weights. */
interface Served {
  args: readonly string[];
  model_override?: { hf_repo: string; hf_commit: string } | null;
}

/**
 * The weights that a model is loaded from: those of the override, else the model's repository at `--revision`, else at
 * the chain's commit, else at the head of its branch.
 *
 * @param model governance id
 * @param registered the model in the governance registry, where it is known
 */
export function weightsOf(
  model: string,
  config: Served | undefined,
  registered: Pick<GovernanceModel, 'hfRepo' | 'hfCommit'> | undefined,
): Weights {
  const override = config?.model_override;
  if (override != null)
    return { repository: override.hf_repo, commit: override.hf_commit, from: 'model_override' };
  const repository = registered?.hfRepo || model;
  const revision = argValue(config?.args ?? [], REVISION);
  if (typeof revision === 'string') return { repository, commit: revision, from: '--revision' };
  const commit = registered?.hfCommit;
  return commit ? { repository, commit, from: 'chain' } : { repository, commit: null, from: 'head' };
}

/** `commit 7872f01 (--revision)`, or `head of the branch`. */
export function commitText({ commit, from }: Weights): string {
  if (commit === null) return 'head of the branch';
  return `commit ${/^[0-9a-f]{40}$/.test(commit) ? commit.slice(0, 7) : commit} (${from})`;
}

/**
 * The names that a node may say of itself when it serves a model as its config wants it.
 *
 * @param servedAs the name that the user expects beside them
 */
export function namesOf(model: string, config: Served | undefined, servedAs?: string): string[] {
  const served = argValue(config?.args ?? [], SERVED_NAME);
  return [
    model,
    ...(config?.model_override == null ? [] : [config.model_override.hf_repo]),
    ...(typeof served === 'string' ? served.split(' ') : []),
    ...(servedAs === undefined ? [] : [servedAs]),
  ];
}

/**
 * The names that tell that a node still serves what was there before a change.
 *
 * @param called what it called its model before; says nothing where the same model is only started in another way
 */
export function namesBefore(
  before: NodeObject | undefined,
  after: NodeObject,
  called: string | null,
): string[] {
  const old = Object.entries(before?.models ?? {}).flatMap(([model, config]) => namesOf(model, config));
  return called === null || modelStays(before, after) ? old : [...old, called];
}

/**
 * Arguments with which vLLM is started for a model of other weights, as the network node starts it: their commit, and
 * the governance id as the name that requests go by.
 */
export function startOf(
  model: string,
  { args, model_override: override }: Served,
): { model: string; args: string[] } {
  if (override == null) return { model, args: [...args] };
  return {
    model: override.hf_repo,
    args: [...args, REVISION, override.hf_commit, SERVED_NAME, model],
  };
}
