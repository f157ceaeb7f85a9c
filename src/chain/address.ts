import { bech32 } from '@scure/base';

const ACCOUNT = 'gonka';
const OPERATOR = 'gonkavaloper';

/** What is wrong with an account address; undefined when it is one. */
export function addressFault(text: string): string | undefined {
  const decoded = bech32.decodeUnsafe(text);
  if (decoded === undefined) return 'its checksum is wrong: a letter is wrong or missing';
  if (decoded.prefix !== ACCOUNT) return `it begins with ${decoded.prefix}1, an account with ${ACCOUNT}1`;
  const bytes = bech32.fromWordsUnsafe(decoded.words);
  if (bytes === undefined || (bytes.length !== 20 && bytes.length !== 32)) return 'it has the wrong length';
  return undefined;
}

/** The account behind an operator address (`gonkavaloper1…`): the same bytes under another prefix. */
export function accountOfOperator(operator: string): string | undefined {
  const decoded = bech32.decodeUnsafe(operator);
  return decoded?.prefix === OPERATOR ? bech32.encode(ACCOUNT, decoded.words) : undefined;
}
