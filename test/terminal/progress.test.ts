import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import { describeProgress, startProgress } from '../../src/terminal/progress.js';
import type { Terminal } from '../../src/terminal/terminal.js';

function recordingTerminal(interactive: boolean) {
  const said: string[] = [];
  const out: string[] = [];
  const terminal: Terminal = {
    out: (text) => out.push(text),
    say: (text) => said.push(text),
    colors: createColors(false),
    interactive,
    canAsk: false,
    width: 100,
  };
  return { terminal, said, out };
}

describe('describeProgress', () => {
  it('tells count, rate, time left and the note', () => {
    const options = { label: 'probing', total: 200, unit: 'nonces' };
    expect(describeProgress(options, 96, 3.5, '5001: 48, 5002: 48')).toBe(
      'probing: 96 of 200 nonces, 27.4/s, 3.8 s left, 5001: 48, 5002: 48',
    );
    expect(describeProgress(options, 0, 3.5)).toBe('probing: 0 of 200 nonces');
    expect(describeProgress(options, 200, 3.5)).toBe('probing: 200 of 200 nonces, 57.1/s');
  });

  it('has no rate for a phase that counts seconds, and no end where the total is not known', () => {
    expect(describeProgress({ label: 'throughput', total: 60, unit: 's' }, 12, 12)).toBe(
      'throughput: 12 of 60 s, 48 s left',
    );
    expect(describeProgress({ label: 'downloading', total: null, unit: 's' }, 7200, 7200)).toBe(
      'downloading: 7200 s',
    );
  });
});

describe('startProgress without a terminal', () => {
  it('writes a line every five seconds and one at the end, all of it beside stdout', () => {
    const { terminal, said, out } = recordingTerminal(false);
    let clock = 0;
    const progress = startProgress(terminal, { label: 'probing', total: 120, unit: 'nonces' }, () => clock);
    for (let second = 1; second <= 12; second++) {
      clock = second * 1000;
      progress.update(second * 10);
    }
    progress.stop();
    progress.stop();
    progress.update(1);
    expect(said).toEqual([
      'probing: 50 of 120 nonces, 10.0/s, 7.0 s left',
      'probing: 100 of 120 nonces, 10.0/s, 2.0 s left',
      'probing: 120 of 120 nonces in 12 s',
    ]);
    expect(out).toEqual([]);
  });
});

describe('startProgress on a terminal', () => {
  it('gives the terminal its own way of writing back when the last bar has ended', () => {
    const { terminal, said, out } = recordingTerminal(true);
    const own = terminal.say;
    const first = startProgress(terminal, { label: 'a', total: 1, unit: 'x' });
    const second = startProgress(terminal, { label: 'b', total: 1, unit: 'x' });
    first.stop();
    expect(terminal.say).not.toBe(own);
    second.update(1);
    second.stop();
    expect(terminal.say).toBe(own);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^b: 1 of 1 x in /);
    expect(out).toEqual([]);
  });
});
