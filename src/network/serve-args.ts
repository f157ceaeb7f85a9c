/**
 * vLLM's command line as a list of tokens: reading and changing one flag of it. A flag is named as a user
 * may write it (`--max-model-len`, `max_model_len`, `-tp`), and its value may stand in a token of its own or
 * behind an equals sign.
 */

/** A flag with the tokens that belong to it. */
interface Argument {
  /** Its one spelling: `--long-name`. */
  flag: string;
  /** The tokens as they stand, the flag's own first. */
  tokens: string[];
}

const SHORT: Record<string, string> = {
  '-tp': '--tensor-parallel-size',
  '-pp': '--pipeline-parallel-size',
  '-dp': '--data-parallel-size',
};

export const TENSOR_PARALLEL = '--tensor-parallel-size';
export const PIPELINE_PARALLEL = '--pipeline-parallel-size';

/** The one spelling of a flag: long, with dashes, without a value. */
export function canonicalFlag(text: string): string {
  const [name = ''] = text.split('=', 1);
  const known = SHORT[name];
  if (known !== undefined) return known;
  return `--${name.replace(/^-+/, '').replaceAll('_', '-')}`;
}

/** The value of a flag: its last one where it is given twice, as vLLM takes it; true for a bare flag. */
export function argValue(args: readonly string[], flag: string): string | true | undefined {
  const found = split(args).findLast((argument) => argument.flag === canonicalFlag(flag));
  if (found === undefined) return undefined;
  const [first = '', ...rest] = found.tokens;
  const equals = first.indexOf('=');
  if (equals >= 0) return first.slice(equals + 1);
  return rest.length === 0 ? true : rest.join(' ');
}

/**
 * Sets a flag: in the place where it stood, or at the end. It is written in two tokens, the only form in
 * which a node reads its parallel sizes.
 *
 * @param value undefined for a bare flag
 */
export function setArg(args: readonly string[], flag: string, value?: string): string[] {
  const name = canonicalFlag(flag);
  const wanted: Argument = { flag: name, tokens: value === undefined ? [name] : [name, value] };
  const before = split(args);
  const place = before.findIndex((argument) => argument.flag === name);
  const others = before.filter((argument) => argument.flag !== name);
  others.splice(place < 0 ? others.length : place, 0, wanted);
  return join(others);
}

/** Takes a flag out, with its value, wherever it stands. */
export function dropArg(args: readonly string[], flag: string): string[] {
  return join(split(args).filter((argument) => argument.flag !== canonicalFlag(flag)));
}

/** The flags that are given, in their one spelling. */
export function flagsOf(args: readonly string[]): string[] {
  return [...new Set(split(args).map((argument) => argument.flag))].filter((flag) => flag !== '');
}

/** Whether a token begins a flag; a negative number does not. */
function isFlag(token: string): boolean {
  return /^--?[A-Za-z]/.test(token);
}

function split(args: readonly string[]): Argument[] {
  const result: Argument[] = [];
  for (const token of args) {
    const last = result.at(-1);
    if (isFlag(token)) result.push({ flag: canonicalFlag(token), tokens: [token] });
    else if (last !== undefined) last.tokens.push(token);
    else result.push({ flag: '', tokens: [token] });
  }
  return result;
}

function join(parts: Argument[]): string[] {
  return parts.flatMap((argument) => argument.tokens);
}
