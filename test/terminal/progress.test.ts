import { createColors } from 'picocolors';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startProgress } from '../../src/terminal/progress.js';
import { drawBar } from '../../src/terminal/progress-bars.js';
import { describeEnd, describeProgress } from '../../src/terminal/progress-text.js';
import type { Terminal } from '../../src/terminal/terminal.js';

function recordingTerminal(interactive: boolean) {
  const said: string[] = [];
  const out: string[] = [];
  const terminal: Terminal = {
    out: (text) => out.push(text),
    command: (text) => out.push(text),
    say: (text) => said.push(text),
    colors: createColors(false),
    interactive,
    canAsk: false,
    width: 100,
  };
  return { terminal, said, out };
}

const probing = { label: 'probe', total: 200, unit: 'nonces' };

describe('describeProgress', () => {
  it('tells count, rate and time left', () => {
    const state = { done: 96, recent: 96, paceS: 3.5, quietS: 0, elapsedS: 3.5 };
    expect(describeProgress(probing, state)).toBe('probe: 96 of 200 nonces, 27.4/s, 3.8 s left');
    const end = { ...state, done: 200, recent: 200 };
    expect(describeProgress(probing, end)).toBe('probe: 200 of 200 nonces, 57.1/s');
  });

  it('tells the time that is left as somebody knows it who knows better than the pace', () => {
    const state = { done: 2, recent: 2, paceS: 100, quietS: 0, elapsedS: 100 };
    const fleet = { label: 'fleet', total: 20, unit: 'nodes' };
    expect(describeProgress({ ...fleet, leftS: () => 300 }, state)).toBe(
      'fleet: 2 of 20 nodes, 0.0200/s, 5 min left',
    );
    expect(describeProgress({ ...fleet, leftS: () => null }, state)).toBe(
      'fleet: 2 of 20 nodes, 0.0200/s, 2 min so far',
    );
  });

  it('knows one from many', () => {
    const state = { done: 1, recent: 0, paceS: 0, quietS: 0, elapsedS: 0.5 };
    const part = { label: 'replica 5001', total: null, unit: 'batches' };
    expect(describeProgress(part, state)).toBe('replica 5001: 1 batch');
    expect(describeProgress(part, { ...state, done: 2 })).toBe('replica 5001: 2 batches');
  });

  it('counts down between two batches, and then says only how long it has been', () => {
    const state = { done: 100, recent: 100, paceS: 60, quietS: 50, elapsedS: 110 };
    expect(describeProgress(probing, state)).toBe('probe: 100 of 200 nonces, 1.67/s, 10 s left');
    const late = { ...state, quietS: 61, elapsedS: 121 };
    expect(describeProgress(probing, late)).toBe('probe: 100 of 200 nonces, 1.67/s, 2 min so far');
  });

  it('has no pace from what an earlier process did', () => {
    const state = { done: 128, recent: 0, paceS: 0, quietS: 3, elapsedS: 3 };
    expect(describeProgress(probing, state)).toBe('probe: 128 of 200 nonces, 3.0 s so far');
    expect(describeProgress(probing, { ...state, done: 160, recent: 32, paceS: 4, quietS: 0 })).toBe(
      'probe: 160 of 200 nonces, 8.00/s, 5.0 s left',
    );
  });

  it('lets seconds go on by themselves, without a rate, and without an end where there is none', () => {
    const state = { done: 10, recent: 10, paceS: 10, quietS: 2.5, elapsedS: 12.5 };
    const seconds = (total: number | null, isLimit = false) => ({ label: 'wait', total, unit: 's', isLimit });
    expect(describeProgress(seconds(60), state)).toBe('wait: 12 of 60 s, 48 s left');
    expect(describeProgress(seconds(11), state)).toBe('wait: 11 of 11 s');
    expect(describeProgress(seconds(null), state)).toBe('wait: 12 s');
    expect(describeProgress(seconds(1800, true), state)).toBe('wait: 12 s (1800 s at most)');
    expect(describeEnd(seconds(1800, true), state)).toBe('wait: 12 s');
  });
});

describe('startProgress', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('writes a line every five seconds and one at the end, all of it beside stdout', () => {
    const { terminal, said, out } = recordingTerminal(false);
    const progress = startProgress(terminal, { label: 'probe', total: 120, unit: 'nonces' });
    progress.update(0);
    for (let second = 1; second <= 12; second++) {
      vi.advanceTimersByTime(1000);
      progress.update(second * 10);
    }
    progress.stop();
    progress.stop();
    progress.update(1);
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual([
      'probe: 40 of 120 nonces, 10.0/s, 7.0 s left',
      'probe: 90 of 120 nonces, 10.0/s, 2.0 s left',
      'probe: 120 of 120 nonces in 12 s',
    ]);
    expect(out).toEqual([]);
  });

  it('says every half minute that it still waits, where nothing is new', () => {
    const { terminal, said } = recordingTerminal(false);
    const progress = startProgress(terminal, probing);
    progress.update(0);
    vi.advanceTimersByTime(65_000);
    progress.clear();
    expect(said).toEqual(
      [5, 35, 65].map((s) => expect.stringMatching(`^probe: 0 of 200 nonces, ${s}.* so far$`)),
    );
  });

  it('tells what each of those who share the work has done', () => {
    const { terminal, said } = recordingTerminal(false);
    const progress = startProgress(terminal, probing);
    const shares = (first: number, second: number) => [
      { name: 'replica 5001', done: first, total: null },
      { name: 'replica 5002', done: second, total: null },
    ];
    progress.update(32, '', shares(32, 0));
    vi.advanceTimersByTime(4000);
    progress.update(96, 'one is slow', shares(80, 16));
    vi.advanceTimersByTime(1000);
    progress.stop();
    expect(said).toEqual([
      'probe: 96 of 200 nonces, 16.0/s, 5.5 s left, one is slow; replica 5001: 80 nonces, 12.0/s; replica 5002: 16 nonces, 4.00/s',
      'probe: 96 of 200 nonces in 5.0 s, one is slow; replica 5001: 80 nonces, 12.0/s; replica 5002: 16 nonces, 4.00/s',
    ]);
  });

  it('tells only of the slowest where a line cannot take all', () => {
    const { terminal, said } = recordingTerminal(false);
    const progress = startProgress(terminal, probing);
    const shares = (done: number[]) => done.map((own, at) => ({ name: `r${at}`, done: own, total: null }));
    progress.update(0, '', shares([0, 0, 0, 0, 0]));
    vi.advanceTimersByTime(4000);
    progress.update(104, '', shares([24, 24, 8, 24, 24]));
    progress.stop();
    expect(said).toEqual(['probe: 104 of 200 nonces in 4.0 s; slowest of 5: r2: 8 nonces, 2.00/s']);
  });

  it('gives a terminal its own way of writing back when the last bar has ended', () => {
    const { terminal, said, out } = recordingTerminal(true);
    const own = terminal.say;
    const first = startProgress(terminal, { label: 'a', total: 1, unit: 'x' });
    const second = startProgress(terminal, { label: 'b', total: 1, unit: 'x' });
    first.update(0, '', [{ name: 'c', done: 0, total: null }]);
    first.clear();
    expect(terminal.say).not.toBe(own);
    second.update(1);
    second.stop();
    expect(terminal.say).toBe(own);
    expect(said).toEqual([expect.stringMatching(/^b: 1 of 1 x in /)]);
    expect(out).toEqual([]);
  });
});

describe('lines above bars', () => {
  it('are as safe to print as any other', () => {
    const { terminal } = recordingTerminal(true);
    const stream = process.stderr;
    const was = stream.isTTY;
    let written = '';
    const write = vi.spyOn(stream, 'write').mockImplementation((text) => {
      written += text;
      return true;
    });
    stream.isTTY = true;
    try {
      const bar = drawBar(terminal);
      terminal.say('of a node: \u001b]0;title\u0007 \u202eevil\r::error::x');
      bar?.show(0.5, 'replica \u001b[2J');
      bar?.remove();
    } finally {
      write.mockRestore();
      stream.isTTY = was;
    }
    expect(written).toContain('of a node: ');
    for (const raw of ['\u001b]0;', '\u0007', '\u202e', '\r::error', 'replica \u001b[2J'])
      expect(written).not.toContain(raw);
  });
});
