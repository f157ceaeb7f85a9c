import { withoutSecrets } from './credentials.js';

/**
 * The last look at a message: hides passwords that are known, and what stands before the `@` of whatever looks like
 * a URL. Nothing relies on it: an address and its credentials are kept apart from the start.
 */
export function maskSecrets(text: string): string {
  return withoutSecrets(text)
    .split(/(\s)/)
    .map((word) => {
      const [from, to] = [word.indexOf('://'), word.lastIndexOf('@')];
      return from < 0 || to < from ? word : `${word.slice(0, from + 3)}***${word.slice(to)}`;
    })
    .join('');
}
