import { describe, expect, it } from 'vitest';
import { SharedReads } from '../../src/chain/shared-reads.js';

/** Reads whose answers the test gives. */
function reads() {
  const command = new AbortController();
  const asked: { question: string; signal: AbortSignal; answer(value: string): void }[] = [];
  const shared = new SharedReads(command.signal);
  const read = (question: string, own?: AbortSignal) =>
    shared.read(
      question,
      (signal) => new Promise<string>((answer) => asked.push({ question, signal, answer })),
      own,
    );
  return { command, asked, read };
}

describe('reads that several readers share', () => {
  it('are asked once a question', async () => {
    const { asked, read } = reads();
    const answers = Promise.all([read('a'), read('b'), read('a', new AbortController().signal)]);
    expect(asked.map(({ question }) => question)).toEqual(['a', 'b']);
    for (const { question, answer } of asked) answer(`of ${question}`);
    expect(await answers).toEqual(['of a', 'of b', 'of a']);
    expect(await read('a')).toBe('of a');
  });

  it('fail for all of them', async () => {
    const shared = new SharedReads(new AbortController().signal);
    const fail = () => Promise.reject(new Error('no answer'));
    const both = [shared.read('a', fail), shared.read('a', fail, new AbortController().signal)];
    expect(await Promise.allSettled(both)).toMatchObject([
      { reason: { message: 'no answer' } },
      { reason: { message: 'no answer' } },
    ]);
  });

  it('go on for the others when one reader has no more time', async () => {
    const { command, asked, read } = reads();
    const hasty = new AbortController();
    const first = read('a', hasty.signal);
    const second = read('a', command.signal);
    hasty.abort(new Error('too slow'));
    await expect(first).rejects.toThrow('too slow');
    await expect(read('a', hasty.signal)).rejects.toThrow('too slow');
    expect(asked[0]?.signal).toBe(command.signal);
    asked[0]?.answer('late');
    expect(await second).toBe('late');
  });
});
