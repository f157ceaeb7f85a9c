import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiveState } from '../../src/live/state.js';
import { tableLines } from '../../src/live/table.js';
import { momentOf } from '../../src/live/words.js';
import { useLanguage } from '../../src/text/language.js';
import { displayWidth } from '../../src/text/width.js';
import { nodeResult } from '../fleet/support.js';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const nodes = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    ...{ id: `n${at}`, site: 'west', model: 'm', url: `http://10.0.0.1:${8000 + at}` },
  }));

/** 40 nodes: one fails, two are under way, one passed, the others wait. */
function underWay(): LiveState {
  const state = new LiveState('lab', nodes(40), { overall: 2, sites: new Map([['west', 2]]) });
  state.roundBegun(NOW + 3_600_000);
  for (const id of ['n0', 'n1', 'n2', 'n3']) state.begun(id, NOW - 30_000);
  state.ended(nodeResult({ id: 'n0', site: 'west', model: 'm' }), NOW - 60_000);
  state.ended(nodeResult({ id: 'n3', site: 'west', model: 'm', verdict: 'FAIL', verdict_reason: 'x' }), NOW);
  state.doing('n1', { phase: 'probe', progress: { done: 96, total: 200, unit: 'nonces' } });
  return state;
}

describe('the table on a terminal', () => {
  it('has failures first, then what is under way, within 80 columns and 20 rows', () => {
    const lines = tableLines(momentOf(underWay().fleet, NOW), { columns: 79, rows: 20 });
    expect(lines).toHaveLength(20);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(79);
    expect(lines.slice(0, 7)).toEqual([
      '40 nodes: 1 FAIL, 1 PASS, 2 under way, 38 not validated yet',
      'A round is under way, about 19 min left. Next round from 13:00 UTC on.',
      'node  now                          verdict     mean L2  last PASS   next',
      'n3    –                            FAIL        0.0700   never       13:00 UTC',
      'n1    probe 96/200                 –           –        never       now',
      'n2    begun                        –           –        never       now',
      'n0    –                            PASS        0.0700   1 min       13:00 UTC',
    ]);
    expect(lines.at(-1)).toBe('… and 24 more');
  });

  it('shows more where there is room, and less where there is none', () => {
    const moment = momentOf(underWay().fleet, NOW);
    const wide = tableLines(moment, { columns: 160, rows: 60 });
    expect(wide[2]).toMatch(/node +site +now +verdict +mean L2 +trend +own last +last PASS +next/);
    expect(wide).toHaveLength(43);
    expect(tableLines(moment, { columns: 45, rows: 10 })[3]).toMatch(/^node +now +verdict$/);
  });

  it('has its columns in their places in Chinese', async () => {
    await useLanguage('zh');
    try {
      const lines = tableLines(momentOf(underWay().fleet, NOW), { columns: 79, rows: 20 });
      expect(lines.slice(0, 5)).toEqual([
        '40 个节点：1 FAIL，1 PASS，2 个正在进行，38 个尚未验证',
        '一轮正在进行，还剩约 19 分钟。下一轮从 13:00 UTC 开始。',
        '节点  当前                         结论        平均 L2  上次 PASS   下次',
        'n3    –                            FAIL        0.0700   从未        13:00 UTC',
        'n1    探测 96/200                  –           –        从未        当前',
      ]);
      for (const columns of [40, 79, 200])
        for (const line of tableLines(momentOf(underWay().fleet, NOW), { columns, rows: 20 }))
          expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    } finally {
      await useLanguage('en');
    }
  });

  it('never leaves the size that it is given', () => {
    const { fleet } = underWay();
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 250 }), fc.integer({ min: 4, max: 60 }), (columns, rows) => {
        const lines = tableLines(momentOf(fleet, NOW), { columns, rows });
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      }),
    );
  });
});
