import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from './width.js';

/**
 * Breaks a line between words, so that a terminal does not break it within one.
 *
 * @param width columns of the terminal
 * @param indent before each line after the first
 */
export function wrapped(line: string, width: number, indent: string): string {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(BREAKS)) {
    if (current !== '' && displayWidth(current + word) > width) {
      lines.push(current);
      current = indent + word.replace(/^ /, '');
    } else current += word;
  }
  return [...lines, current].join('\n');
}

/** Breaks are before a blank, and after a Chinese character that opens nothing if no closing sign follows. */
const BREAKS = /(?<=\S)(?= )|(?<=[\u3001-\u9fff\uff01-\uff60])(?<![（「『《])(?![ 、。，：；！？）」』》”…])/;

/** Lines that are not broken: of a framed table, of JSON, and commands that may be copied. */
const AS_IT_IS = /^\s*(?:[\u2500-\u257f]|[{}[\]"])|(?:^|[\s`])assay [a-z]+.* --/;
/** A name with its value behind it. */
const PAIR = /^(\s*\S.{0,38}?\s{2,})\S/;

/**
 * A text for a terminal, with long lines broken between words; the next line is indented to the value of a
 * name, or as the line itself.
 *
 * @param columns of the terminal; undefined: no line is broken
 */
export function folded(text: string, columns: number | undefined): string {
  // A terminal that does not know its size says 0.
  if (columns === undefined || columns === 0) return text;
  return text
    .split('\n')
    .map((line) => {
      const plain = stripVTControlCharacters(line);
      if (displayWidth(plain) <= columns || AS_IT_IS.test(plain)) return line;
      const own = /^\s*/.exec(plain)?.[0] ?? '';
      const pair = PAIR.exec(plain)?.[1]?.length;
      const indent = pair === undefined || pair > columns / 2 ? `${own}  ` : ' '.repeat(pair);
      return wrapped(line, columns, indent);
    })
    .join('\n');
}
