import { counted } from '../../text/figures.js';
import type { ServeArg } from '../serve-args.js';
import { readArgs } from '../serve-args.js';
import { type ChangeCheck, type ChangeFinding, ofEachModel } from './check.js';

/** Dashes that a web page or a chat puts in place of two hyphens. */
const WRONG_DASH = /^[\u2010-\u2015\u2212]/;

/**
 * A flag and its value must be two items of the list. In one item, vLLM knows no such flag, and the start
 * fails.
 */
export const argTokens: ChangeCheck = {
  name: 'arg-tokens',
  judge(facts) {
    return ofEachModel(facts, ({ args }) => {
      const faults = [...readArgs(args).flatMap(gluedFault), ...args.flatMap(tokenFault)];
      if (faults.length > 0) return faults;
      return [{ state: 'ok', text: `${counted(args.length, 'argument')}, one token each` }];
    });
  },
};

function gluedFault({ form, flag, value, tokens }: ServeArg): ChangeFinding[] {
  const [token = ''] = tokens;
  if (form === 'blank') {
    return [
      {
        state: 'fail',
        text: `"${token}" is one token`,
        advice: `write a flag and its value as two items of the list: "${flag}", "${value}"`,
      },
    ];
  }
  // Finds `--a=1 --b=2`; a JSON value may contain anything.
  if (form !== 'equals' || !/=[^{['"]*\s--?[A-Za-z]/.test(token)) return [];
  return [
    { state: 'fail', text: `"${token}" is one token`, advice: 'write each flag as an item of its own' },
  ];
}

function tokenFault(token: string): ChangeFinding[] {
  if (/^\s+--?[A-Za-z]/.test(token))
    return [{ state: 'fail', text: `"${token}" begins with a blank`, advice: 'remove the blank' }];
  if (WRONG_DASH.test(token))
    return [
      { state: 'fail', text: `"${token}" begins with a dash that is no hyphen`, advice: 'write it as --' },
    ];
  return [];
}
