/** Something that moves on the terminal, and must not while a person reads a question and types. */
export interface Moving {
  pause(): void;
  resume(): void;
}

const moving = new Set<Moving>();
/** Lines that wait for an answer; undefined while nobody is asked. */
let waiting: string[] | undefined;

/** Has something pause whenever a question is open; the call takes that back. */
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

/** Leaves the terminal to one question; what was said meanwhile comes after its answer. */
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
