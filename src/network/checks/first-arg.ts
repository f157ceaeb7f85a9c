import { readArgs } from '../serve-args.js';
import { type ChangeCheck, ofEachModel } from './check.js';

/** A word before the first flag belongs to no flag: vLLM takes it as the model, or exits. */
export const firstArg: ChangeCheck = {
  name: 'first-arg',
  judge(facts) {
    return ofEachModel(facts, ({ args }) => {
      const [first] = readArgs(args);
      if (first === undefined || first.flag !== '') return [{ state: 'ok', text: 'they begin with a flag' }];
      const [token = ''] = first.tokens;
      const advice = /^[a-z][\w-]+$/i.test(token)
        ? `write the flag with its dashes: "--${token}"`
        : 'begin the list with a flag';
      return [{ state: 'fail', text: `the first argument "${token}" is no flag`, advice }];
    });
  },
};
