/** Something that redraws the terminal, but must not do so while a question is open. */
export interface Moving {
  pause(): void;
  resume(): void;
}

const moving = new Set<Moving>();
/** Lines that wait until the question is answered; undefined if no question is open. */
let waiting: string[] | undefined;

/** Pauses something while a question is open, until the returned function is called. */
export function pauseForQuestions(one: Moving): () => void {
  moving.add(one);
  if (waiting !== undefined) one.pause();
  return () => moving.delete(one);
}

/** Keeps a line back while a question is open. @returns whether it did */
export function keptBack(text: string): boolean {
  waiting?.push(text);
  return waiting !== undefined;
}

/** Gives the terminal to one question; lines of that time come after its answer. */
export async function quietly<T>(ask: () => Promise<T>): Promise<T> {
  for (const one of moving) one.pause();
  waiting = [];
  try {
    return await ask();
  } finally {
    const lines = waiting;
    waiting = undefined;
    for (const line of lines) process.stderr.write(`${line}\n`);
    for (const one of moving) one.resume();
  }
}
