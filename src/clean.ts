/** No message of node, chain or queue that a person reads is longer; what is longer is cut. */
const LONGEST = 4000;

/** White space that ends a line, or moves within one. */
const BREAKS = /[\t-\r\u0085\u2028\u2029]+/g;
/**
 * What drives a terminal (C0, DEL, C1), turns the direction of a line (the bidirectional controls), or is a text
 * that nobody sees (byte order mark, interlinear marks, tags).
 */
const CONTROLS =
  /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
/** How GitHub, Azure and TeamCity find a command in a line: `##[add-mask]`, `##vso[…]`, `##teamcity[…]`. */
const MARKED_COMMAND = /#(?=#[a-z-]*\[)/gi;
/** `::error::…`, which GitHub obeys at the beginning of a line. */
const LEADING_COMMAND = /^((?:\s|\p{Cc}\[\d+m)*):(?=:)/u;

/** Keys of values that are passed on to a node as they are, and of vectors, which are longer than any message. */
const AS_THEY_ARE = new Set(['vector_b64', 'args', 'additional_args', 'model_args', 'deployArgs']);

/** Most texts: printable ASCII in which no command can be. A report has hundreds, and a history thousands of reports. */
const HARMLESS = /^(?!\s*::)[\x20-\x22\x24-\x7e]*$/;

/**
 * A text from outside as one line that is safe to print: of bounded length, without controls of a terminal or of
 * the writing direction, and without commands to a CI system.
 *
 * @param longest characters that are kept
 */
export function cleanText(text: string, longest = LONGEST): string {
  if (text.length <= longest && HARMLESS.test(text)) return text;
  const plain = text
    .slice(0, 4 * longest)
    .replace(BREAKS, ' ')
    .replace(CONTROLS, '\ufffd')
    .replace(MARKED_COMMAND, '# ')
    .replace(LEADING_COMMAND, '$1: ');
  return plain.length > longest ? `${plain.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : plain;
}

/** A value from outside with every text and key in it made safe to print; the value itself where all of them are. */
export function cleaned<T>(value: T): T {
  return isClean(value) ? value : (cleanedValue(value) as T);
}

/** Keys that are safe to print. Reports have the same few hundred keys again and again. */
const cleanKeys = new Set<string>();
const MOST_KEYS = 2000;

/** Nearly all values are safe as they are: to find that out, nothing is copied. */
function isClean(value: unknown): boolean {
  if (typeof value === 'string') return cleanText(value) === value;
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isClean);
  for (const key of Object.keys(value)) {
    if (!isCleanKey(key)) return false;
    if (!AS_THEY_ARE.has(key) && !isClean((value as Record<string, unknown>)[key])) return false;
  }
  return true;
}

function isCleanKey(key: string): boolean {
  if (cleanKeys.has(key)) return true;
  const isSafe = cleanText(key) === key;
  if (isSafe && cleanKeys.size < MOST_KEYS) cleanKeys.add(key);
  return isSafe;
}

function cleanedValue(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const entries = value.map(cleanedValue);
    return entries.some((entry, at) => entry !== value[at]) ? entries : value;
  }
  let same = true;
  const entries = Object.entries(value).map(([key, old]) => {
    const entry = [cleanText(key), AS_THEY_ARE.has(key) ? old : cleanedValue(old)] as const;
    if (entry[0] !== key || entry[1] !== old) same = false;
    return entry;
  });
  return same ? value : Object.fromEntries(entries);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that begins a colour
const STYLE = /\x1b\[(?:0|[1-4]|2[2-4]|3[0-79]|39|4[0-79]|9[0-7])m/gu;

/**
 * What may go to a terminal or a log, line by line: the last net under texts that are kept as they are.
 *
 * @param styled colours of ours are kept
 */
export function printable(text: string, styled: boolean): string {
  return text
    .split('\n')
    .map((line) => printableLine(line, styled))
    .join('\n');
}

function printableLine(line: string, styled: boolean): string {
  const parts = styled ? line.split(STYLE) : [line];
  const styles = styled ? (line.match(STYLE) ?? []) : [];
  const safe = parts.map((part) =>
    part
      .replace(BREAKS, (white) => (white === '\t' ? white : ' '))
      .replace(CONTROLS, (at) => (at === '\t' ? at : '\ufffd')),
  );
  const joined = safe.map((part, at) => part + (styles[at] ?? '')).join('');
  return joined.replace(MARKED_COMMAND, '# ').replace(LEADING_COMMAND, '$1: ');
}
