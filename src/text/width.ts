import { stripVTControlCharacters } from 'node:util';

/** Characters that take two columns of a terminal: CJK, full-width forms. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]/g;

/** Columns of a text on a terminal, without its colours. */
export function displayWidth(text: string): number {
  const plain = stripVTControlCharacters(text);
  return [...plain].length + (plain.match(WIDE)?.length ?? 0);
}

/** The text with blanks after it, up to a width in columns. */
export function padToWidth(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** The beginning of a text without colours that fits into a width in columns. */
export function cutToWidth(text: string, width: number): string {
  let taken = 0;
  let end = 0;
  for (const character of text) {
    taken += displayWidth(character);
    if (taken > width) break;
    end += character.length;
  }
  return text.slice(0, end);
}
