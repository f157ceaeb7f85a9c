import type { GovernanceModel } from '../chain/models.js';
import type { Weights } from '../run/report.js';
import { modelStays } from './model-stays.js';
import type { NodeObject } from './node-object.js';
import { argValue } from './serve-args.js';

/**
 * A model has four names: its governance id, which the chain and PoC requests use; the repository and the
 * commit that are loaded; and the name that the node reports. That one may be any of these, a path, or a
 * `--served-model-name`.
 */

export const REVISION = '--revision';
export const SERVED_NAME = '--served-model-name';

/** The fields of a model's config that decide its names and weights. */
interface Served {
  args: readonly string[];
  model_override?: { hf_repo: string; hf_commit: string } | null;
}

/**
 * The weights from which a model is loaded: those of the override; else the model's repository at
 * `--revision`, else at the chain's commit, else at the head of its branch.
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

/** `commit 7872f01 from --revision`, or `head of the branch`. */
export function commitText({ commit, from }: Weights): string {
  if (commit === null) return 'head of the branch';
  return `commit ${/^[0-9a-f]{40}$/.test(commit) ? commit.slice(0, 7) : commit} from ${from}`;
}

/**
 * The names that a node may report when it serves a model according to its config.
 *
 * @param servedAs a further name that the user expects
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
 * The names that show that a node still serves the model from before a change.
 *
 * @param called the node's name for its model before the change; it proves nothing when the same model only
 *   restarts
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
 * Arguments with which the network node starts vLLM for a model with other weights: their commit, and the
 * governance id as the name in requests.
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
