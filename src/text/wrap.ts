/**
 * Breaks a line between words, so that a terminal does not break it within one.
 *
 * @param width columns of the terminal
 * @param indent before each line after the first
 */
export function wrapped(line: string, width: number, indent: string): string {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<=\S) /)) {
    if (current !== '' && `${current} ${word}`.length > width) {
      lines.push(current);
      current = indent + word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current].join('\n');
}
