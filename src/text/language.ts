import { type Catalogue, catalogueOf, type Phrase } from './catalogue.js';
import {
  isCommand,
  isCommandName,
  isTornCommand,
  type LabelledCommand,
  labelledCommand,
} from './command-line.js';
import { FINDING, findingsOf, isClosed, NEXT_FINDING, opened, partsOf, splitOutside } from './separators.js';
import { filledWith } from './spacing.js';
import { displayWidth } from './width.js';

/**
 * Messages in the user's language. Every message is made in English, kept in English in files, and translated
 * where a person sees it: on the terminal, in help and on pages. So a report of an earlier run, of another
 * machine or of another version is shown in the reader's language, and the data for programs never changes.
 *
 * A catalogue maps the English template of the sources, with `{1}`, `{2}`, … where values go, to the
 * translated one. A text is matched against the templates, and its values are translated in turn. A text
 * without a template stays English.
 */
export type Language = 'en' | 'zh';

export const languages: readonly Language[] = ['en', 'zh'];

/** A catalogue while one text is looked up in it. */
interface LookUp extends Catalogue {
  /** Characters that may still be compared: text from outside must not take long. */
  work: { left: number };
}

let language: Language = 'en';
let catalogue: Catalogue | null = null;

/** The language that the user wants: of `--lang`, else of the environment; English if we do not have it. */
export function languageOf(asked: string | undefined, env: NodeJS.ProcessEnv): Language {
  const name = asked || env['ASSAY_LANG'] || env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return languages.find((known) => name.toLowerCase().startsWith(known)) ?? 'en';
}

/** Sets the language of this process, once, before anything is shown. */
export async function useLanguage(asked: Language): Promise<void> {
  language = asked;
  catalogue = null;
  if (asked === 'zh') {
    const { default: entries } = await import('./lang/zh.json', { with: { type: 'json' } });
    catalogue = catalogueOf(entries);
  }
}

/** The language that is in use, as a tag for pages. */
export function languageTag(): string {
  return language === 'zh' ? 'zh-CN' : 'en';
}

/** A text of several lines, each in the language in use; JSON and other text for programs stays as it is. */
export function linesInLanguage(text: string): string {
  if (catalogue === null || /^\s*[[{<]/.test(text)) return text;
  let goesOn = false;
  return text
    .split('\n')
    .map((line) => {
      // A command over several lines: every line but its last ends with a backslash.
      const shown = goesOn ? line : inLanguage(line);
      goesOn = line.endsWith(' \\');
      return shown;
    })
    .join('\n');
}

/** A message in the language in use, or the message itself if there is no translation. */
export function inLanguage(text: string): string {
  return catalogue === null ? text : translated(text, { ...catalogue, work: { left: MOST_WORK } }, 0);
}

/** How deep values are translated: a value of a value of a value is a name or a number. */
const DEEPEST = 8;
/** A longer line is from outside, and has no translation. */
const LONGEST_LINE = 6_000;
/** A longer text is of no template; it may still be the findings of many nodes. */
const LONGEST = 1_200;
const MOST_WORK = 30_000;

function translated(text: string, known: LookUp, depth: number): string {
  const [, before = '', core = '', after = ''] = EDGES.exec(text) ?? [];
  if (core === '' || core.length > LONGEST_LINE || !LETTERS.test(core)) return text;
  const found =
    known.whole.get(core) ??
    asHeading(core, known) ??
    (isCommand(core)
      ? fromCommand(core, known, depth)
      : (asSentence(core, known, depth) ?? asMessage(core, known, depth)));
  return found === undefined ? text : before + found + after;
}

/** A whole text with a colon behind it. */
function asHeading(text: string, { whole }: Catalogue): string | undefined {
  const heading = text.endsWith(':') ? whole.get(text.slice(0, -1)) : undefined;
  return heading && `${heading}：`;
}

/** Blanks, colours and a number of a list (`2. `) around a text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with an escape
const EDGES = /^((?:\s|\x1b\[[0-9;]*m)*(?:\d+\. )?)([\s\S]*?)((?:\s|\x1b\[[0-9;]*m)*)$/;
const LETTERS = /[A-Za-z]{2}/;

/** A command stays as it is. Only a sentence of ours that begins with one, and the column after it, are translated. */
function fromCommand(text: string, known: LookUp, depth: number): string | undefined {
  const own = (part: string) => translated(part, known, depth + 1);
  const columns = inColumns(text, own);
  if (columns !== undefined) return columns;
  const [command = '', ...messages] = splitOutside(text, '; ');
  if (messages.length > 0 && depth < DEEPEST && !messages.some(isCommand))
    return [command, messages.join('; ')].map(own).join('；');
  return matched(text, known, depth, { phrases: known.ofCommands });
}

/** A message that a full stop makes a sentence of a page, where no template has the stop itself. */
function asSentence(text: string, known: LookUp, depth: number): string | undefined {
  if (depth >= DEEPEST || FINDING.test(text) || !/[^.]\.$/.test(text)) return undefined;
  const message = text.slice(0, -1);
  const own = matched(text, known, depth, { phrases: known.ofSentences });
  if (own !== undefined) return own;
  const shown = translated(message, known, depth + 1);
  return shown === message ? undefined : `${shown}。`;
}

function asMessage(text: string, known: LookUp, depth: number): string | undefined {
  const joint = FINDING.test(text) ? ['; ', ', '].find((one) => findingsOf(text, one).length > 1) : undefined;
  if (joint !== undefined && depth < DEEPEST) {
    const findings = findingsOf(text, joint);
    const shown = findings.map((one) => translated(one, known, depth + 1));
    if (shown.every((part, at) => part !== findings[at])) return shown.join(joint === '; ' ? '；' : '，');
  }
  const named = FINDING.test(text) ? besideName(text, known, depth) : undefined;
  return named ?? matched(text, known, depth, { isList: joint !== undefined }) ?? inParts(text, known, depth);
}

/** A message behind the name of a node, if its template fits it better than another one fits all of the text. */
function besideName(text: string, known: LookUp, depth: number): string | undefined {
  const [name = '', message = ''] = partsOf(text, ': ');
  if (depth >= DEEPEST || message === '' || known.labels.has(`${name}: `)) return undefined;
  const phrases = known.phrases.slice(0, 1 + indexOf(text, known));
  const found = known.whole.get(message) ?? matched(message, known, depth + 1, { phrases });
  return found === undefined ? undefined : `${translated(name, known, depth + 1)}：${found}`;
}

interface Among {
  /** Templates that the text may be of; its values may be of all templates. */
  phrases?: Phrase[];
  isList?: boolean;
}

function matched(
  text: string,
  known: LookUp,
  depth: number,
  { phrases = known.phrases, isList = false }: Among = {},
): string | undefined {
  if (known.work.left <= 0 || text.length > LONGEST) return undefined;
  known.work.left -= text.length;
  for (const [at, phrase] of phrases.entries()) {
    const values = valuesIn(text, phrase, isList);
    if (values === undefined) continue;
    if (values.at(-1)?.includes('; ') && hasOwnBeginning(text, known.whole, phrases.slice(0, at))) continue;
    const shown = filledIn(phrase, values, known, depth);
    // A sentence that nobody has translated.
    const words = phrase.isShortest ? ONE_WORD : TWO_WORDS;
    const isHalf = (value: string, place: number) =>
      words.test(value) &&
      !isCommand(value) &&
      // In brackets stand the words of other programs, too.
      !(phrase.literals[place] as string).endsWith('(') &&
      shown.includes(value);
    if (!phrase.isShort || !values.some(isHalf)) return shown;
  }
  return undefined;
}

/** The place of the first template that a text could be of. */
function indexOf(text: string, known: LookUp): number {
  if (text.length > LONGEST) return known.phrases.length;
  known.work.left -= text.length;
  const found = known.phrases.findIndex((phrase) => valuesIn(text, phrase, false) !== undefined);
  return found < 0 ? known.phrases.length : found;
}

function valuesIn(text: string, phrase: Phrase, isList: boolean): string[] | undefined {
  const values = mayBeOf(text, phrase) ? phrase.pattern.exec(text)?.slice(1) : undefined;
  return values?.every((value, place) => isValue(value, place, phrase, isList)) ? values : undefined;
}

/** A quick look, since a pattern with many values takes long for a text that it does not match. */
function mayBeOf(text: string, { anchor, fixed }: Phrase): boolean {
  if (!text.startsWith(fixed[0] as string) || !text.endsWith(fixed.at(-1) as string)) return false;
  if (!text.includes(anchor)) return false;
  let at = 0;
  for (const part of fixed) {
    at = text.indexOf(part, at) + part.length;
    if (at < part.length) return false;
  }
  return true;
}

/** Whether a text can be the value at a place of a template: it is whole, and it is not several messages. */
function isValue(
  value: string,
  place: number,
  { literals, order, kept, counts }: Phrase,
  isList: boolean,
): boolean {
  if (!isWhole(value, literals[place + 1] as string)) return false;
  if (isList && NEXT_FINDING.test(value)) return false;
  if (counts.has(order[place] as number) && !isCount(value)) return false;
  return !kept.has(order[place] as number) || splitOutside(value, '; ').length === 1;
}

/** Whether one of the more specific templates is the text up to a `; `: what follows is another message. */
function hasOwnBeginning(text: string, whole: Catalogue['whole'], phrases: Phrase[]): boolean {
  const parts = splitOutside(text, '; ').slice(0, MOST_SENTENCES);
  return parts.slice(1).some((_, at) => {
    const beginning = parts.slice(0, at + 1).join('; ');
    return (
      whole.has(beginning) || phrases.some((one) => mayBeOf(beginning, one) && one.pattern.test(beginning))
    );
  });
}

function filledIn(
  { order, kept, literals, translation }: Phrase,
  found: string[],
  known: LookUp,
  depth: number,
): string {
  const values = new Map(order.map((number, at) => [number, found[at] ?? '']));
  return filledWith(translation, (number) => {
    const value = values.get(number) ?? '';
    const shown = depth < DEEPEST && !kept.has(number) ? translated(value, known, depth + 1) : value;
    // The name before a message, which the first value took along.
    return number === order[0] && literals[0] === '' ? shown.replace(/^([\w.@-]+): (?=\S)/, '$1：') : shown;
  });
}

/** A value that is the half of a bracket, of a command or of two messages: the template is not that of the text. */
function isWhole(value: string, after: string): boolean {
  const isHalf = /^[^(]*\)/.test(value) || !isClosed(opened(value).slice(0, 2));
  return !isHalf && !isTornCommand(value, after) && !/[:;,]$/.test(value);
}

/** A number, with what may stand before and after it, or a word such as `none`. */
function isCount(value: string): boolean {
  return /^(?:\d(?!.*(?:, | \(| of them))|\S*\d\S*$|(?:no|none|all|one|two|three|some|several)$|an unknown number|(?:about|all|at least|at most|more than|no|only) )/.test(
    value,
  );
}

/** Separators of messages: a text without a template may be several messages, each with a template. */
const JOINTS: [joint: string, own: string][] = [
  ['; ', '；'],
  ['. ', '。'],
  [': ', '：'],
  [', ', '，'],
];

/** A list of things: `topology, build and batch`. */
const LIST = /^[a-z]+(?:, [a-z]+)*(?:,? and [a-z]+(?: [a-z]+)?)?$/;

function inParts(text: string, known: LookUp, depth: number): string | undefined {
  if (depth >= DEEPEST) return undefined;
  const own = (part: string) => translated(part, known, depth + 1);
  const runs = text.split(COLOURS);
  if (runs.length > 1) return ifChanged(text, runs.map(own).join(''));
  const [, names, finding] = OF_CHECK.exec(text) ?? [];
  if (names !== undefined && finding !== undefined) return ifChanged(text, names + own(finding));
  const columns = inColumns(text, own);
  if (columns !== undefined) return ifChanged(text, columns);
  const advice = labelledCommand(text);
  if (advice !== undefined) return behindLabel(text, advice, own);
  const named = behindName(text, known, depth) ?? inSentences(text, known, depth);
  if (named !== undefined) return named;
  for (const [joint, ownJoint] of JOINTS) {
    const parts = partsOf(text, joint);
    if (parts.length === 1) continue;
    const shown = parts.map(own);
    // A sentence that is translated by half is worse than an English one.
    const isHalf = /[:,]/.test(joint) && shown.some((part, at) => part === parts[at] && isProse(part));
    if (!isHalf && shown.join(joint) !== text) return shown.join(LIST.test(text) ? '、' : ownJoint);
  }
  const [, message, code] = /^(.+) (\[[^[\]]+\]:?)$/.exec(text) ?? [];
  if (message !== undefined) return ifChanged(text, `${own(message)} ${code}`);
  if (text.endsWith(':')) return ifChanged(`${text.slice(0, -1)}：`, `${own(text.slice(0, -1))}：`);
  const [, outer, inner] = /^(.+?) \((.+)\)$/.exec(text) ?? [];
  if (outer === undefined || inner === undefined) return undefined;
  // The name of a check before its finding at a node: --force takes it.
  const shown = /^[a-z-]+$/.test(outer) && FINDING.test(inner) ? outer : own(outer);
  // What another program said.
  const reason = /\bHTTP \d{3}$/.test(outer) ? inner : own(inner);
  return ifChanged(`${outer}（${inner}）`, `${shown}（${reason}）`);
}

/** The state and the name of a check, before what it found: --force and --skip take the name. */
const OF_CHECK = /^((?:ok|warning|FAILED|forced|unknown) {2,}[a-z-]+ {2,})(.+)$/;

/** Messages beside each other, of which the first has a template with a `; ` of its own. */
function inSentences(text: string, known: LookUp, depth: number): string | undefined {
  const parts = splitOutside(text, '; ').slice(0, MOST_SENTENCES);
  for (let length = parts.length - 1; length > 1; length--) {
    const first = parts.slice(0, length).join('; ');
    const shown = known.whole.get(first) ?? matched(first, known, depth) ?? behindName(first, known, depth);
    if (shown !== undefined) return `${shown}；${translated(text.slice(first.length + 2), known, depth + 1)}`;
  }
  const [first = ''] = parts;
  const rest = text.slice(first.length + 2);
  const after = parts.length < 3 ? undefined : (known.whole.get(rest) ?? matched(rest, known, depth));
  return after === undefined ? undefined : `${translated(first, known, depth + 1)}；${after}`;
}

const MOST_SENTENCES = 6;

/** A message with a template behind a name: it stays whole, though it has separators itself. */
function behindName(text: string, known: LookUp, depth: number): string | undefined {
  const [name = '', message] = partsOf(text, ': ');
  if (name === '' || message === undefined || name.includes('; ') || depth >= DEEPEST) return undefined;
  const found =
    known.whole.get(message) ?? matched(message, known, depth) ?? behindName(message, known, depth);
  const shown = translated(name, known, depth + 1);
  return found === undefined || (shown === name && isProse(name)) ? undefined : `${shown}：${found}`;
}

function ifChanged(before: string, after: string): string | undefined {
  return before === after ? undefined : after;
}

/** Words in columns: each is translated, and the text after it stays in its column. */
function inColumns(text: string, own: (part: string) => string): string | undefined {
  const parts = text.split(/( {2,})/);
  if (parts.length === 1) return undefined;
  let wider = 0;
  return parts
    .map((part, at) => {
      if (at % 2 === 1) return ' '.repeat(Math.max(2, part.length - wider));
      const shown = at === 0 && isCommandName(part, parts[2] ?? '') ? part : own(part);
      wider = displayWidth(shown) - displayWidth(part);
      return shown;
    })
    .join('');
}

/** A command after its label, and what follows it. A label that nobody has translated stays English with its command. */
function behindLabel(
  text: string,
  { label, command, rest }: LabelledCommand,
  own: (part: string) => string,
): string | undefined {
  const [shown, after] = [own(label), rest.replace(/^; /, '')];
  if (after !== '') return ifChanged(text, `${own(`${label}: ${command}`)}；${own(after)}`);
  return shown === label ? undefined : ifChanged(text, `${shown}：${command}`);
}

/** Three words or more that are no command and no name in capital letters (`PASS WITH WARNINGS`). */
function isProse(text: string): boolean {
  return PROSE.test(text) && !isCommand(text);
}

const ONE_WORD = /^[A-Za-z]{2,}$|[a-z]{2,} [a-z]{2,}/;
const TWO_WORDS = /[a-z]{2,} [a-z]{2,}/i;
const PROSE = /[a-z]+ [a-z]+ [a-z]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with an escape
const COLOURS = /(\x1b\[[0-9;]*m)/;
