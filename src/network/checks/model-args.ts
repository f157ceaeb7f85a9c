import { argValue, flagsOf } from '../serve-args.js';
import { type ChangeCheck, type ChangeFinding, cannotTell, ofEachNode } from './check.js';

/**
 * Governance's arguments replace local ones of the same flag, so a local value that differs would not run.
 */
export const modelArgs: ChangeCheck = {
  name: 'model-args',
  judge(facts) {
    const { approved } = facts;
    if ('unknown' in approved) return cannotTell(approved.unknown, 'give the network node with --node');
    return ofEachNode(facts, ({ node }) =>
      Object.entries(node.models).flatMap(([model, { args }]) => {
        const theirs = approved.value.find(({ id }) => id === model)?.modelArgs ?? [];
        const faults = disagreements(args, theirs);
        return faults.length > 0 ? faults : [{ state: 'ok', text: 'they agree with the chain' }];
      }),
    );
  },
};

function disagreements(args: string[], theirs: string[]): ChangeFinding[] {
  return flagsOf(theirs).flatMap((flag) => {
    const [ours, wins] = [argValue(args, flag), argValue(theirs, flag)];
    if (ours === undefined || ours === wins) return [];
    const value = wins === true ? '' : wins;
    return [
      {
        state: 'fail',
        text: `${flag} is ${ours === true ? 'bare' : ours} here and ${value || 'bare'} on the chain; the chain wins`,
        advice: `take the chain’s value in the config, or give --set-arg ${flag}${value ? `=${value}` : ''}`,
      },
    ];
  });
}
