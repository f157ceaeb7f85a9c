import { mkdirSync } from 'node:fs';
import { createColors } from 'picocolors';
import { beforeAll, describe, expect, it } from 'vitest';
import { fewerPoints } from '../../src/report/history/fewer.js';
import { findRuns } from '../../src/report/history/find-runs.js';
import { filtered, type HistoryRun, historiesOf, historyRun } from '../../src/report/history/history.js';
import { renderHistoryText } from '../../src/report/history/text.js';
import { renderHistoryPage } from '../../src/report/html/history-page.js';
import type { ValidateReport } from '../../src/run/report.js';
import { HOSTILE, runFixture, writeRun } from '../support/run-fixture.js';
import { useTempFolder } from '../support/temp.js';

const honest = runFixture().report;
const bad = runFixture({ replicas: ['honest', 'unrelated'] }).report;

function on(day: number, report: ValidateReport, nodeId = 'node1'): HistoryRun {
  const timestamp = `2026-09-0${day}T00:00:00.000Z`;
  return historyRun(`runs/${nodeId}-${day}`, {
    ...report,
    timestamp,
    config: { ...report.config, node_id: nodeId },
  });
}

function withVersion(report: ValidateReport, version: string): ValidateReport {
  return { ...report, preflight: report.preflight && { ...report.preflight, version } };
}

describe('historiesOf', () => {
  it('puts the runs of a node and model together, oldest first', () => {
    const histories = historiesOf([on(3, bad), on(1, honest), on(2, honest, 'node2'), on(2, honest)]);
    expect(
      histories.map(({ node, entries }) => [
        node,
        entries.map(({ timestamp, verdict }) => [timestamp.slice(8, 10), verdict]),
      ]),
    ).toEqual([
      [
        'node1',
        [
          ['01', 'PASS'],
          ['02', 'PASS'],
          ['03', 'FAIL'],
        ],
      ],
      ['node2', [['02', 'PASS']]],
    ]);
    expect(histories[0]?.entries[0]).toMatchObject({
      n_total: 200,
      n_mismatch: 0,
      l2_mean: honest.validation?.distances.l2?.mean,
      throughput: honest.throughput?.summary.mean,
    });
  });

  it('tells what changed between two runs, and nothing where nothing did', () => {
    const strictly = {
      ...honest,
      config: {
        ...honest.config,
        stat_test: {
          ...honest.config.stat_test,
          values: { ...honest.config.stat_test.values, p_mismatch: 0.05 },
        },
      },
    };
    const [history] = historiesOf([
      on(1, honest),
      on(2, honest),
      on(3, withVersion(honest, '3.1.0')),
      on(4, strictly),
    ]);
    expect(history?.entries.map(({ changes }) => changes)).toEqual([
      [],
      [],
      ['node version: 0.2.0 → 3.1.0'],
      ['node version: 3.1.0 → 0.2.0', 'p_mismatch: 0.1 → 0.05'],
    ]);
  });

  it('counts replicas of a node that was down at the start by what answered later', () => {
    const down = { ...honest, preflight: honest.preflight && { ...honest.preflight, replicas: [] } };
    const [history] = historiesOf([on(1, honest), on(2, down)]);
    expect(history?.entries[1]?.changes).toEqual([]);
  });

  it('takes runs that measured nothing', () => {
    const [history] = historiesOf([
      on(1, { ...honest, validation: null, throughput: null, preflight: null }),
    ]);
    expect(history?.entries[0]).toMatchObject({ n_total: null, l2_mean: null, throughput: null });
    expect(renderHistoryText([history!], { colors: createColors(false) })).toContain('–');
  });
});

describe('the history page', () => {
  it('has a point for each run, and hostile text as text', () => {
    const page = renderHistoryPage(
      historiesOf([on(1, honest), on(2, withVersion(honest, HOSTILE)), on(3, bad)]),
    );
    expect(page.match(/class="runs"/g)).toHaveLength(2);
    expect(page.match(/<circle/g)).toHaveLength(3 * 2 + 2 + 3 + 1);
    expect(page).not.toMatch(/<script|<img/i);
    expect(page).toContain('node version: 0.2.0 → &lt;script>');
  });
});

describe('a history of 20 nodes with 500 runs each', () => {
  const hour = (node: number, at: number): HistoryRun =>
    historyRun(`runs/n${node}/${at}`, {
      ...(at % 90 === node ? bad : honest),
      timestamp: new Date(Date.UTC(2026, 0, 1, at)).toISOString(),
      config: { ...honest.config, node_id: `n${node}` },
    });
  const runs = Array.from({ length: 20 }, (_, node) =>
    Array.from({ length: 500 }, (_, at) => hour(node, at)),
  );

  it('is a page below 1 MB, in less than two seconds of processor time, with every run that did not pass', () => {
    const before = process.cpuUsage();
    const page = renderHistoryPage(historiesOf(runs.flat()));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(2);
    expect(page.length).toBeLessThan(1e6);
    expect(page).toContain('470 runs that passed and changed nothing have no row here');
    const failed = runs.flat().filter(({ entry }) => entry.verdict === 'FAIL').length;
    expect(page.match(/<td><span class="bad"/g)).toHaveLength(failed);
    expect(page.match(/class="spark"/g)).toHaveLength(20);
    // A page that is served with the runs leads to each of them.
    const served = renderHistoryPage(historiesOf(runs.flat().slice(0, 500)), {
      pageOf: (folder) => `/run/${folder}`,
      fleets: [],
    });
    expect(served.match(/href="\/run\//g)).toHaveLength(500);
  });
});

describe('fewerPoints', () => {
  it('keeps the worst of each stretch, and before it what is bad', () => {
    const points = Array.from({ length: 1000 }, (_, value) => ({ value, bad: value === 503 }));
    const fewer = fewerPoints(points, 100, (one, other) => one.value > other.value);
    expect(fewer).toHaveLength(100);
    expect(fewer.filter(({ bad: isBad }) => isBad)).toEqual([{ value: 503, bad: true }]);
    expect(fewer[0]).toEqual({ value: 9, bad: false });
    expect(fewer.at(-1)).toEqual({ value: 999, bad: false });
    expect(fewerPoints(points.slice(0, 7), 100, () => false)).toHaveLength(7);
  });
});

describe('findRuns', () => {
  const temp = useTempFolder();
  let folders: string[];
  beforeAll(() => {
    folders = ['a', 'b/c'].map((name) => writeRun(temp.path(`runs/${name}`), runFixture()));
  });

  it('finds runs at any depth, each once', async () => {
    expect(await findRuns([temp.path('runs'), folders[0] as string])).toEqual(folders);
  });

  it('says where there is none', async () => {
    await expect(findRuns([temp.path('nowhere')])).rejects.toThrow('no such folder');
    mkdirSync(temp.path('empty'));
    await expect(findRuns([temp.path('empty')])).rejects.toThrow('no run in it');
  });
});

describe('filtered', () => {
  const histories = historiesOf([on(1, bad), on(2, honest), on(3, honest), on(1, honest, 'node2')]);
  const days = (filter: Parameters<typeof filtered>[1]) =>
    filtered(histories, filter).map(({ node, entries }) => [
      node,
      ...entries.map(({ timestamp }) => Number(timestamp.slice(8, 10))),
    ]);
  const [first, second] = histories.map(({ node }) => node) as [string, string];

  it.each([
    [
      'everything',
      {},
      [
        [first, 1, 2, 3],
        [second, 1],
      ],
    ],
    [
      'the latest of each node',
      { last: 1 },
      [
        [first, 3],
        [second, 1],
      ],
    ],
    ['one node', { nodes: [second] }, [[second, 1]]],
    ['what did not pass', { failed: true }, [[first, 1]]],
    ['nothing', { failed: true, nodes: [second] }, []],
  ])('leaves %s', (_, filter, expected) => {
    expect(days(filter)).toEqual(expected);
  });

  it('leaves runs since a time', () => {
    const since = Date.parse(histories[0]?.entries[1]?.timestamp ?? '');
    expect(days({ since })).toEqual([[first, 2, 3]]);
  });
});
