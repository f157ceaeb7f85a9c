/** A command as one line, which a POSIX shell splits into the same words. Plain words stay as they are. */
export function quoteForShell(words: string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ');
}
