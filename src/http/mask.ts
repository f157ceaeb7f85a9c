import { withoutSecrets } from './credentials.js';

/**
 * The last check of a message: hides known passwords, and the part before the `@` of every text that looks
 * like a URL. Nothing relies on it, because addresses and credentials are kept apart from the start.
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
