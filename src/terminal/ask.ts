import { createInterface } from 'node:readline/promises';

/** Asks a yes-or-no question on the terminal; anything but yes is no. */
export async function askYesNo(question: string, signal: AbortSignal): Promise<boolean> {
  const readline = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await readline.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    readline.close();
  }
}
