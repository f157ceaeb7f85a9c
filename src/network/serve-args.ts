/**
 * vLLM's command line as a list of tokens: the only code that reads it, and that changes a flag of it. A flag
 * may have any form that users write (`--max-model-len`, `max_model_len`, `-tp`). Its value may be a token of
 * its own, follow an equals sign or, by mistake, follow a blank in the same token.
 */

/** A flag with its tokens. */
export interface ServeArg {
  /** Its normal form, `--long-name`; empty for values before the first flag. */
  flag: string;
  /** true for a flag without a value; several values are joined by blanks. */
  value: string | true;
  /** The unchanged tokens, with the flag's own first. */
  tokens: string[];
  /** Where its value is; `blank` is a mistake that vLLM does not read. */
  form: 'bare' | 'token' | 'equals' | 'blank';
}

const SHORT: Record<string, string> = {
  '-tp': '--tensor-parallel-size',
  '-pp': '--pipeline-parallel-size',
  '-dp': '--data-parallel-size',
};

export const TENSOR_PARALLEL = '--tensor-parallel-size';
export const PIPELINE_PARALLEL = '--pipeline-parallel-size';

/** The normal form of a flag: long, with dashes, without a value. */
export function canonicalFlag(text: string): string {
  const name = /^[^=\s]*/.exec(text)?.[0] ?? '';
  const known = SHORT[name];
  if (known !== undefined) return known;
  // After a dot follows a key of a JSON value, `--compilation-config.some_key`: it stays unchanged.
  const [first = '', ...keys] = name.replace(/^-+/, '').split('.');
  return `--${[first.replaceAll('_', '-'), ...keys].join('.')}`;
}

/** Each flag with its value, in their order. */
export function readArgs(args: readonly string[]): ServeArg[] {
  return split(args).map((tokens) => {
    const [first = '', ...rest] = tokens;
    if (!isFlag(first)) return { flag: '', value: tokens.join(' '), tokens, form: 'token' };
    const flag = canonicalFlag(first);
    const behind = first.slice(/^[^=\s]*/.exec(first)?.[0].length);
    if (behind !== '') {
      const value = [behind.slice(1).trim(), ...rest].join(' ');
      return { flag, value, tokens, form: behind.startsWith('=') ? 'equals' : 'blank' };
    }
    if (rest.length === 0) return { flag, value: true, tokens, form: 'bare' };
    return { flag, value: rest.join(' '), tokens, form: 'token' };
  });
}

/** The value of a flag: the last one where it is given twice, as in vLLM; true for a flag without a value. */
export function argValue(args: readonly string[], flag: string): string | true | undefined {
  return readArgs(args).findLast((argument) => argument.flag === canonicalFlag(flag))?.value;
}

/**
 * Sets a flag: in its old place, or at the end. It is written in two tokens, because this is the only form
 * from which every node reads its parallel sizes.
 *
 * @param value undefined for a flag without a value
 */
export function setArg(args: readonly string[], flag: string, value?: string): string[] {
  const name = canonicalFlag(flag);
  const wanted = value === undefined ? [name] : [name, value];
  const before = readArgs(args);
  const place = before.findIndex((argument) => argument.flag === name);
  const others = before.filter((argument) => argument.flag !== name).map(({ tokens }) => tokens);
  others.splice(place < 0 ? others.length : place, 0, wanted);
  return others.flat();
}

/** Removes a flag with its value, wherever it is. */
export function dropArg(args: readonly string[], flag: string): string[] {
  return readArgs(args)
    .filter((argument) => argument.flag !== canonicalFlag(flag))
    .flatMap(({ tokens }) => tokens);
}

/** The given flags, in their normal form. */
export function flagsOf(args: readonly string[]): string[] {
  return [...new Set(readArgs(args).map(({ flag }) => flag))].filter((flag) => flag !== '');
}

/** A parallel size, as nodes count it. */
export interface ParallelSize {
  /** As the newest nodes count it: any form, the last one of several; 1 where none is given. */
  size: number;
  /** As older nodes count it: the first one in two tokens, with its long name and dashes; else 1. */
  olderSize: number;
  /** Why it is not a size: `size` is then 1. */
  fault?: string;
}

/** Reads the tensor or pipeline parallel size. */
export function parallelSize(args: readonly string[], flag: string): ParallelSize {
  const place = args.indexOf(flag);
  const older = args[place + 1];
  const olderSize = place >= 0 && older !== undefined && isSize(older) ? Number(older) : 1;
  const value = argValue(args, flag);
  if (value === undefined) return { size: 1, olderSize };
  if (value !== true && isSize(value)) return { size: Number(value), olderSize };
  return {
    size: 1,
    olderSize,
    fault: value === true ? `${flag} without a value is no size` : `${flag} must be a size, not ${value}`,
  };
}

/** GPUs of one replica: tensor parallel times pipeline parallel, as the newest nodes count them. */
export function gpusPerReplica(args: readonly string[]): number {
  return parallelSize(args, TENSOR_PARALLEL).size * parallelSize(args, PIPELINE_PARALLEL).size;
}

function isSize(text: string): boolean {
  return /^[1-9]\d{0,5}$/.test(text);
}

/** Whether a token starts a flag; a negative number does not. */
function isFlag(token: string): boolean {
  return /^--?[A-Za-z]/.test(token);
}

/** The tokens of each flag; tokens before the first flag form a group without one. */
function split(args: readonly string[]): string[][] {
  const result: string[][] = [];
  for (const token of args) {
    const last = result.at(-1);
    if (last === undefined || isFlag(token)) result.push([token]);
    else last.push(token);
  }
  return result;
}
