// Bundled with yargs in place of `string-width`, whose tables of emoji and wide characters cost a third of
// the time of a start: help texts have neither.
import { stripVTControlCharacters } from 'node:util';

/** @param {string} text */
export default function stringWidth(text) {
  return [...stripVTControlCharacters(text)].length;
}
