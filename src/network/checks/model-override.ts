import { REVISION, SERVED_NAME } from '../names.js';
import type { ModelConfig } from '../node-object.js';
import { flagsOf } from '../serve-args.js';
import { type ChangeCheck, type ChangeFinding, ofEachNode } from './check.js';

/** The network node's rules for `model_override` (from API v0.2.15-post5 on). */
export const modelOverride: ChangeCheck = {
  name: 'model-override',
  judge(facts) {
    return ofEachNode(facts, ({ node }) =>
      Object.entries(node.models).flatMap(([model, config]): ChangeFinding[] => {
        const faults = faultsOf(config);
        if (faults.length > 0)
          return faults.map((text) => ({ state: 'fail', text: `${model}: ${text}`, advice: ADVICE }));
        const { model_override: override } = config;
        return [{ state: 'ok', text: override == null ? 'none' : `${model} loads ${override.hf_repo}` }];
      }),
    );
  },
};

const ADVICE =
  'give model_override both hf_repo and hf_commit, and leave --revision and --served-model-name out of its args';

function faultsOf({ args, model_override: override }: ModelConfig): string[] {
  if (override === undefined || override === null) return [];
  const { hf_repo: repository, hf_commit: commit } = (typeof override === 'object' ? override : {}) as {
    hf_repo?: unknown;
    hf_commit?: unknown;
  };
  const beside = flagsOf(args).filter((flag) => flag === REVISION || flag === SERVED_NAME);
  return [
    ...(typeof repository === 'string' && repository !== '' ? [] : ['model_override names no hf_repo']),
    ...(typeof commit === 'string' && /^[0-9a-f]{40}$/.test(commit)
      ? []
      : ['hf_commit of model_override is not a commit of 40 digits']),
    ...beside.map((flag) => `${flag} cannot be used with model_override`),
  ];
}
