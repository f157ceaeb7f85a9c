import { distance } from 'fastest-levenshtein';

/** With more changed letters than a third of the word, it is another word. */
const LARGEST_SHARE = 1 / 3;
/** This many first letters are enough, if only one name starts with them. */
const SHORTEST_START = 3;

/**
 * The name that was probably meant; undefined if none is close.
 *
 * @param text as typed
 * @param names the existing names
 */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const typed = text.toLowerCase();
  const starting = names.filter((name) => name.toLowerCase().startsWith(typed));
  if (starting.length === 1 && typed.length >= SHORTEST_START) return starting[0];
  const [best] = names
    .map((name) => ({ name, changes: changesTo(typed, name.toLowerCase()) }))
    .filter(
      ({ name, changes }) => changes <= Math.max(1, Math.max(name.length, typed.length) * LARGEST_SHARE),
    )
    .sort((a, b) => a.changes - b.changes);
  return best?.name;
}

/** Letters to change; two neighbours in each other's place are one mistake. */
function changesTo(typed: string, name: string): number {
  const isSwapped =
    typed.length === name.length &&
    [...typed].some((_, at) => typed.slice(0, at) + typed[at + 1] + typed[at] + typed.slice(at + 2) === name);
  return isSwapped ? 1 : distance(typed, name);
}

/** `did you mean X?`, or nothing. */
export function didYouMean(text: string, names: readonly string[]): string | undefined {
  const name = nearest(text, names);
  return name === undefined ? undefined : `did you mean ${name}?`;
}
