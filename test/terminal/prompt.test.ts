import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { askToType, askYesNo } from '../../src/terminal/prompt.js';
import { hasScript } from '../support/pseudo-terminal.js';

const signal = new AbortController().signal;
const nobody = { terminal: { canAsk: false }, signal, yes: false };

describe('questions', () => {
  it('are answered by --yes, and refused where nobody can answer', async () => {
    expect(await askYesNo('Go on?', { ...nobody, yes: true })).toBe(true);
    expect(await askToType('node1', 'Remove it?', { ...nobody, yes: true })).toBe(true);
    await expect(askYesNo('Go on?', nobody)).rejects.toMatchObject({
      line: 'there is no terminal to ask: Go on? [y/N]; run it on a terminal, or answer with --yes',
    });
  });
});

describe.skipIf(!hasScript)('questions on a terminal', () => {
  it.each([
    ['node1\r', 'true'],
    ['node2\r', 'false'],
    ['\r', 'false'],
    ['\u0004', 'no answer'],
    ['\u0003', 'interrupted'],
  ])('take the answer %j as %s', async (typed, outcome) => {
    expect(await outcomeOf('word', (shown) => (shown.includes('Type node1') ? typed : ''))).toContain(
      `outcome: ${outcome}`,
    );
  });

  it('are put one after the other where two are asked at the same time', async () => {
    const answer = (shown: string) => {
      if (shown.includes('First?')) return 'y\r';
      return shown.includes('Second?') ? 'n\r' : '';
    };
    expect(await outcomeOf('two', answer)).toContain('outcome: true,false');
  });

  it('have the terminal for themselves', async () => {
    const shown = await outcomeOf('moving', (text) => (text.includes('NOW') ? 'y\r' : ''));
    expect(shown).toMatch(/Go on\? \[y\/N\] [^░]*NOW.*said meanwhile.*moving: 1 of 2.*outcome: true/s);
    expect(shown.match(/said meanwhile/g)).toHaveLength(1);
  });

  it('lose nothing of what is pasted into the first of them', async () => {
    const answer = (shown: string) => {
      if (shown.includes('a [no a]')) return 'one\rtwo\r\rfo';
      return shown.includes('d [no d]') ? 'ur\r' : '';
    };
    expect(await outcomeOf('texts', answer)).toContain('outcome: one,two,no c,four');
  });
});

/** What `ask.ts` tells in the end, on a terminal where somebody answers what is shown. */
async function outcomeOf(which: string, answer: (shown: string) => string): Promise<string> {
  const command = `${process.execPath} --import tsx test/support/ask.ts ${which}`;
  const asking = execa('script', ['-qec', command, '/dev/null'], { stdin: 'pipe', reject: false });
  asking.stdout.on('data', (chunk: Buffer) => asking.stdin.write(answer(chunk.toString())));
  return (await asking).stdout;
}
