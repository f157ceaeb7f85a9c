import { isCommand, isInsideCommand } from './command-line.js';

/** One template, ready to be matched. */
export interface Phrase {
  pattern: RegExp;
  /** What is the same in all texts of it: a text that does not have them in this order cannot match. */
  fixed: string[];
  /** The longest of them. */
  anchor: string;
  /** Number of each placeholder, in the order of the template. */
  order: number[];
  /** It has few words of its own: what it takes for values may be a sentence that nobody has translated. */
  isShort: boolean;
  /** It has one small word, such as `of`, which stands in any sentence. */
  isShortest: boolean;
  /** The fixed parts of the template, before, between and after its values. */
  literals: string[];
  /** Numbers of the values that the translation counts with: `{1} 个`. */
  counts: Set<number>;
  /** Numbers of the values that stay as they are: words of a command, a flag, or a quotation. */
  kept: Set<number>;
  translation: string;
}

/** Templates of one language, as a text is looked up in them. */
export interface Catalogue {
  whole: Map<string, string>;
  phrases: Phrase[];
  /** Labels before messages that are no names: `next: `. */
  labels: Set<string>;
  /** Those that begin with a command. */
  ofCommands: Phrase[];
  /** Those that end with a full stop. */
  ofSentences: Phrase[];
}

/** Where values go in a template: `{1}`. */
const PLACEHOLDER = /\{(\d+)\}/g;

/**
 * Makes a catalogue of templates and translations.
 *
 * @param entries English template → translation
 */
export function catalogueOf(entries: Record<string, string>): Catalogue {
  const whole = new Map<string, string>();
  const phrases: (Phrase & { weight: number })[] = [];
  for (const [template, translation] of Object.entries(entries)) {
    const literals = template.split(/\{\d+\}/);
    if (literals.length === 1) {
      whole.set(template, translation);
      continue;
    }
    const letters = lettersIn(literals.join(''));
    // The first word of a template is more specific than a word in the middle; signs decide between equals.
    const weight =
      letters + Math.min(8, 2 * lettersIn(literals[0] as string)) + literals.join('').length / 1_000;
    const fixed = literals.map((literal, at) => (at === 0 ? literal : literal.replace(PLURAL, '')));
    const order = [...template.matchAll(PLACEHOLDER)].map(([, number]) => Number(number));
    const pattern = patternOf(literals, letters < SHORT, {
      first: !translation.startsWith(`{${order[0]}}`),
      last: !translation.endsWith(`{${order.at(-1)}}`),
    });
    phrases.push({
      pattern: new RegExp(`^${pattern}$`),
      isShort: letters < SHORT,
      isShortest: letters < SHORTEST,
      literals,
      counts: new Set([...translation.matchAll(COUNTED)].map(([, number]) => Number(number))),
      kept: new Set(order.filter((_, at) => isKept(literals, at))),
      fixed,
      anchor: fixed.reduce((a, b) => (b.length > a.length ? b : a)),
      order,
      translation,
      weight,
    });
  }
  // The template with the most fixed words fits a text best.
  phrases.sort((a, b) => b.weight - a.weight);
  return {
    whole,
    phrases,
    labels: new Set(phrases.flatMap(({ literals }) => /^[a-z]+: $/.exec(literals[0] as string) ?? [])),
    ofCommands: phrases.filter(({ literals }) => isCommand(literals[0] as string)),
    ofSentences: phrases.filter(({ literals }) => (literals.at(-1) as string).endsWith('.')),
  };
}

function lettersIn(text: string): number {
  return text.replaceAll(/[^A-Za-z]/g, '').length;
}

/** Whether a value is a part of a command or of a flag, is quoted, or lists what a flag takes: it is no message. */
function isKept(literals: string[], at: number): boolean {
  const [before, after] = [literals.slice(0, at + 1).join('…'), literals[at + 1] as string];
  const isQuoted = /["'“]$/.test(before) && /^["'”]/.test(after);
  return isInsideCommand(before) || before.endsWith(' one of ') || isQuoted;
}

const SHORTEST = 5;
const SHORT = 9;

/**
 * A value is a part of one message and of one column: it holds no two blanks, and no `; `, unless it is the end of a long template, stands before one, or in brackets at its end. Of two
 * values side by side the first is a number, else it is all of the text. The values of a short template that begins with
 * one are single words: it would match half of any sentence. A first value that the translation moves holds no `: `, or the
 * name before a message would move with it; a last value that moves holds no `; `, or the messages after it would move, too.
 */
function patternOf(literals: string[], isShort: boolean, moves: { first: boolean; last: boolean }): string {
  const value =
    isShort && literals[0] === ''
      ? '([^\\s\\u4e00-\\u9fff]*?(?<![:;,])|\\d[\\d.,]* (?:ms|s|min|h|d|GB))'
      : '((?:(?!; |  )[\\s\\S])*?)';
  const any = '((?:(?!  )[\\s\\S])*?)';
  const last = literals.length - 1;
  const parts = literals.map((literal, at) => {
    const fixed = at === 0 ? escaped(literal) : inNumber(literal);
    if (at === last) return fixed;
    if (at === 0 && literal === '' && moves.first && !isShort && literals[1] !== '') return FIRST;
    const isEnd =
      at === last - 1 &&
      literals[last] === '' &&
      !moves.last &&
      (!isShort || /: +$/.test(literals[0] as string));
    const isInBrackets =
      literal.endsWith('(') && at === last - 1 && literals[last] === ')' && literals[0] !== '';
    const isOpen = isEnd || (!isShort && (isInBrackets || literals[at + 1]?.startsWith('; ')));
    const isBeside = literals[at + 1] === '' && at + 1 < last;
    return fixed + (isBeside ? `(\\d+|${value.slice(1, -1).replace('*?', '*')})` : isOpen ? any : value);
  });
  return parts.join('');
}

const FIRST = '((?:(?!; |: |  )[\\s\\S])*?)';

/** The thing that is counted, behind its number: `1 nonce` matches a template of `{1} nonces`. */
function inNumber(literal: string): string {
  const [words = '', space = '', ending = ''] = PLURAL.exec(literal) ?? [];
  return words === '' ? escaped(literal) : `${space}(?:${ending})?${escaped(literal.slice(words.length))}`;
}

/** The first word behind a number that ends as a plural: ` nonces`, ` batches`. */
const PLURAL = /^( (?:[a-z]+ )??[A-Za-z]{2,}?(?:(?:ch|sh)(?=es\b)|[A-Za-z](?=s\b)))(e?s)\b/;

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** The signs that count things in Chinese. */
const COUNTED = /\{(\d+)\} ?(?:个|条|种|次|项|对|台|块|步|秒)/g;
