import { createInterface } from 'node:readline/promises';
import pLimit from 'p-limit';
import { printable } from '../clean.js';
import { AssayError } from '../errors.js';
import { inLanguage } from '../text/language.js';
import { quietly } from './quiet.js';
import type { Terminal } from './terminal.js';

/** How questions are answered in this run. */
export interface Asking {
  terminal: Pick<Terminal, 'canAsk'>;
  signal: AbortSignal;
  /** `--yes`: every question is answered with yes. */
  yes: boolean;
}

/** The `--yes` option, the same in every command that asks. */
export const yesOption = {
  type: 'boolean',
  default: false,
  alias: 'y',
  description: 'answer every question with yes',
} as const;

/**
 * Asks a question for yes or no; an empty answer is no.
 *
 * @throws AssayError where nobody can answer
 */
export async function askYesNo(question: string, asking: Asking): Promise<boolean> {
  if (asking.yes) return true;
  const answer = await ask(question, ' [y/N] ', asking);
  return /^y(?:es)?$/i.test(answer);
}

/**
 * Asks the user to type a word, for cases where a yes is too easy.
 *
 * @throws AssayError where nobody can answer
 */
export async function askToType(word: string, question: string, asking: Asking): Promise<boolean> {
  if (asking.yes) return true;
  return (await ask(`${question} Type ${word} to go on`, ': ', asking)) === word;
}

/** Asks for a text; an empty answer means the proposed text, if there is one. */
export async function askText(
  question: string,
  proposed: string,
  asking: Pick<Asking, 'terminal' | 'signal'>,
): Promise<string> {
  return (await ask(question, proposed === '' ? ': ' : ` [${proposed}]: `, asking)) || proposed;
}

/** Concurrent work may ask at the same time, and one line must not answer two questions. */
const oneAtATime = pLimit(1);

/**
 * Input that came with an earlier answer, as pasted lines do: whole lines, and the beginning of another one.
 */
const typedAhead = { lines: [] as string[], rest: '' };

/** The answer on the terminal, without the blanks around it. The question goes to stderr: stdout is for data. */
function ask(question: string, ending: string, asking: Pick<Asking, 'terminal' | 'signal'>): Promise<string> {
  return oneAtATime(() => quietly(() => askNow(question, ending, asking)));
}

async function askNow(
  asked: string,
  ending: string,
  { terminal, signal }: Pick<Asking, 'terminal' | 'signal'>,
): Promise<string> {
  signal.throwIfAborted();
  const question = printable(inLanguage(asked) + ending, false);
  const text = printable(asked + ending.replace(/: $/, ''), false).trim();
  if (!terminal.canAsk) {
    throw new AssayError(`there is no terminal to ask: ${text}`, {
      advice: 'run it on a terminal, or answer with --yes',
    });
  }
  const ready = typedAhead.lines.shift();
  if (ready !== undefined) {
    process.stderr.write(`${question}${ready}\n`);
    return ready.trim();
  }
  const line = createInterface({ input: process.stdin, output: process.stderr });
  const gone = new Promise<never>((_, reject) => {
    line.once('close', () => reject(new AssayError(`no answer: ${text}`)));
  });
  // In raw mode Ctrl-C reaches readline and not the process.
  line.on('SIGINT', () => {
    process.stderr.write('\n');
    process.kill(process.pid, 'SIGINT');
  });
  line.on('line', (text) => typedAhead.lines.push(text));
  try {
    const answer = line.question(question, { signal });
    line.write(typedAhead.rest);
    return (await Promise.race([answer, gone])).trim();
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    gone.catch(() => {});
    typedAhead.rest = line.line;
    line.close();
  }
}
