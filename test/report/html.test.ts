import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { renderCalibratePage } from '../../src/calibrate/html/calibrate-page.js';
import { renderComparePage } from '../../src/compare/html/compare-page.js';
import { fleetReportOf } from '../../src/fleet/fleet-report.js';
import { renderFleetPage } from '../../src/fleet/html/fleet-page.js';
import type { FleetReport } from '../../src/fleet/model.js';
import { historiesOf, historyRun } from '../../src/report/history/history.js';
import { renderHistoryPage } from '../../src/report/html/history-page.js';
import { renderPage } from '../../src/report/html/page.js';
import { nodeResult } from '../fleet/support.js';
import { hasChromium, launchChromium } from '../support/chromium.js';
import { calibrationFixture, comparisonFixture } from '../support/measured-fixtures.js';
import { emptyRun, HOSTILE, hostileRun, runFixture } from '../support/run-fixture.js';
import { useTempFolder } from '../support/temp.js';

describe('renderPage', () => {
  it('stays under 2 MB with 2,000 nonces', () => {
    const page = renderPage(
      runFixture({ nonces: 2000, replicas: ['honest', 'honest', 'unrelated', 'int4'] }),
    );
    expect(Buffer.byteLength(page)).toBeLessThan(2_000_000);
  });

  it('has no script, and nothing that points outside', () => {
    const page = renderPage(hostileRun());
    expect(page).not.toMatch(/<script/i);
    const links = [...page.matchAll(/<[^>]+\s(?:src|href|xlink:href|action|srcset)="([^"]*)"/g)];
    expect(links.map(([, target]) => target)).toEqual(['data:,']);
  });
});

describe.skipIf(!hasChromium)('the page in Chromium', () => {
  const temp = useTempFolder();
  let browser: Browser;
  let page: Page;
  /** What must not happen: messages, errors, dialogs, requests. */
  let faults: string[] = [];
  let url = '';

  beforeAll(async () => {
    browser = await launchChromium();
    page = await (await browser.newContext()).newPage();
    page.on('console', (message) => faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('dialog', (dialog) => {
      faults.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== url) faults.push(`request ${request.url()}`);
    });
  });
  afterAll(() => browser?.close());
  afterEach(() => expect(faults).toEqual([]));

  /** Opens a page from disk, as wide as a desktop and in light colours. */
  async function open(html: string): Promise<void> {
    faults = [];
    url = pathToFileURL(await temp.write('report.html', html)).href;
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.goto(url);
  }

  const count = (selector: string) => page.locator(selector).count();

  async function expectToFitAPhone(): Promise<void> {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    // A chart that is cut off hides its end: only the widest, and tables, scroll by themselves.
    const cut = '[...document.querySelectorAll("figure:not(.wide) .scroll")]';
    expect(await page.evaluate(`${cut}.filter((box) => box.scrollWidth > box.clientWidth).length`)).toBe(0);
  }

  it('shows every measurement in its plots', async () => {
    const run = runFixture({ replicas: ['honest', 'unrelated'] });
    await open(renderPage(run));
    const mismatches = run.observations.filter(({ mismatch }) => mismatch).length;
    expect(await page.locator('h1').textContent()).toContain('FAIL');
    expect(await page.locator('.reason').textContent()).toBe(run.report.verdict_reason);
    expect(await count('.measurements circle')).toBe(200);
    expect(await count('.mismatches circle')).toBe(mismatches);
    expect(await count('.borders line')).toBe(6);
    expect(await count('.bands rect')).toBe(2);
    expect(await page.locator('figure').first().textContent()).toContain(
      `threshold 0.4: ${mismatches} above, 27 tolerated`,
    );
    expect(await count('.batches circle')).toBe(7);
    expect(await count('.rates circle')).toBe(12);
    const bins = await page.locator('.distances title').allTextContents();
    expect(bins.reduce((sum, title) => sum + Number.parseInt(title, 10), 0)).toBe(200);
  });

  it('marks vectors that have no distance', async () => {
    await open(renderPage(runFixture({ replicas: ['exact', 'missing'] })));
    expect(await count('.measurements circle')).toBe(200);
    expect(await count('.mismatches circle')).toBe(12);
  });

  it('tells a run that measured nothing', async () => {
    await open(renderPage(emptyRun()));
    expect(await page.locator('h1').textContent()).toContain('INCOMPLETE');
    expect(await page.locator('.notice.error').textContent()).toContain('connection refused');
    expect(await page.locator('.notice').nth(1).textContent()).toContain('assay validate --resume runs/');
    expect(await count('svg')).toBe(0);
  });

  it('shows what a run measured that was killed before it was judged', async () => {
    await open(renderPage({ ...emptyRun(), observations: runFixture().observations }));
    expect(await page.locator('header').textContent()).toContain('200 measurements are there already');
    expect(await count('.batches circle')).toBe(7);
  });

  it('shows hostile text as text, on a phone too', async () => {
    await open(renderPage(hostileRun()));
    expect(await page.title()).not.toBe('owned');
    expect(await count('script, img, a')).toBe(0);
    expect(await page.locator('body').textContent()).toContain(HOSTILE.slice(0, 30));
    await expectToFitAPhone();
  });

  it('reads well in both colour schemes, by keyboard and in print', async () => {
    await open(renderPage(runFixture({ replicas: ['int4', 'unrelated'], nonces: 64 })));
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await background()).toBe('rgb(246, 247, 249)');
    expect(await axeFindings(page)).toEqual([]);

    const reached: (string | null)[] = [];
    for (let tab = 0; tab < (await count('.scroll')); tab++) {
      await page.keyboard.press('Tab');
      reached.push(await page.locator('.scroll:focus').getAttribute('aria-label'));
    }
    expect(reached.slice(0, 3)).toEqual([
      'Distribution of the distances',
      'Replica by replica',
      'Nonce by nonce',
    ]);
    expect(new Set(reached).size).toBe(reached.length);

    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await background()).toBe('rgb(17, 21, 27)');
    expect(await axeFindings(page, 'color-contrast')).toEqual([]);

    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThan(1);
    expect(pages).toBeLessThan(6);
  });

  it('has a point for each run in the history of a node', async () => {
    await open(renderHistoryPage(historiesOf(someRuns())));
    expect(await page.locator('h2').allTextContents()).toEqual([
      'Overview',
      'moonshotai/Kimi-K2.6 on node1',
      'moonshotai/Kimi-K2.6 on node2',
    ]);
    // Mean, percentile and throughput of the first node's; one run alone has no trend.
    expect(await count('.runs circle')).toBe(3 * (2 + 1));
    expect(await count('.failed circle')).toBe(2 + 1);
    expect(await page.locator('tbody tr').allTextContents()).toEqual([
      expect.stringMatching(/^node1.*32.*FAIL/),
      expect.stringMatching(/^node2.*11.*PASS/),
      expect.stringContaining('PASS'),
      expect.stringMatching(/PASS.*node version: 0\.2\.0 → <script>/),
      expect.stringContaining('FAIL'),
      expect.stringContaining('PASS'),
    ]);
    expect(await count('.spark')).toBe(1);
    const targets =
      "[...document.querySelectorAll('a')].map((a) => document.querySelector(a.hash)?.textContent)";
    expect(await page.evaluate(targets)).toEqual([
      'moonshotai/Kimi-K2.6 on node1',
      'moonshotai/Kimi-K2.6 on node2',
    ]);
    expect(await count('script, img')).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await expectToFitAPhone();
  });

  it('shows every pair of a comparison, hostile names as text', async () => {
    await open(renderComparePage(comparisonFixture()));
    expect(await count('.pairs rect')).toBe(6);
    expect(await count('.frauds rect')).toBe(4);
    expect(await count('.ranges line')).toBe(3);
    expect(await page.locator('.reason').textContent()).toContain('2 of 3 pairs mismatch more than');
    expect(await page.locator('tbody').nth(0).textContent()).toContain(HOSTILE.slice(0, 30));
    expect(await count('script, img, a')).toBe(0);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await axeFindings(page)).toEqual([]);
    await expectToFitAPhone();
  });

  it('shows a fleet side by side, hostile nodes as text', async () => {
    await open(renderFleetPage(fleetFixture()));
    expect(await count('table >> nth=-1 >> tbody tr')).toBe(8);
    expect(await count('script, img, a')).toBe(0);
    for (const place of ['h1', '.notice', 'ul >> nth=0', 'tbody >> nth=-1']) {
      expect(await page.locator(place).textContent(), place).toContain(HOSTILE.slice(0, 30));
    }
    expect(await page.locator('main').textContent()).toContain('slow: the throughput per replica is 9.0/s');
    // Sorted by the reader's choice, and still a table to a screen reader.
    const first = () =>
      page.evaluate(
        "[...document.querySelectorAll('.sortable tbody tr')].sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)[0].cells[0].textContent",
      );
    expect(await first()).toContain(HOSTILE.slice(0, 30));
    await page.getByLabel('per replica').check();
    expect(await first()).toBe('slow');
    await page.getByLabel('node', { exact: true }).press('ArrowUp');
    expect(await first()).toContain(HOSTILE.slice(0, 30));
    expect(await page.getByRole('table').last().getByRole('row').count()).toBe(1 + 8);
    expect(await axeFindings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await axeFindings(page, 'color-contrast')).toEqual([]);
    const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
    expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeLessThan(4);
    await expectToFitAPhone();
  });

  it('shows honest and fraud distances of a calibration with the threshold, and the ROC curve', async () => {
    const input = calibrationFixture();
    await open(renderCalibratePage(input));
    const bins = await page.locator('svg title').allTextContents();
    const nonces = bins.reduce((sum, title) => sum + (Number.parseInt(title, 10) || 0), 0);
    expect(nonces).toBe(200 + 100);
    expect(await count('.threshold line')).toBe(1);
    expect(await count('.curve path')).toBe(1);
    expect(await count('.threshold circle')).toBe(1);
    expect(await page.locator('.cards').textContent()).toContain(
      `ROC area${input.calibration.separation?.roc_area.toFixed(4)}`,
    );
    expect(await axeFindings(page)).toEqual([]);
    await expectToFitAPhone();
  });
});

/** @param rule that one alone; without it all of them */
async function axeFindings(page: Page, rule?: string) {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rule === undefined ? axe : axe.withRules([rule])).analyze();
  return violations.map(({ id, impact, nodes }) => ({ id, impact, first: nodes[0]?.html }));
}

/** Five nodes alike, a slow one, and two whose every word is hostile. */
function fleetFixture(): FleetReport {
  const hostile = { site: HOSTILE, verdict_reason: HOSTILE, gpus: HOSTILE, build: HOSTILE };
  const nodes = [
    ...['a', 'b', 'c', 'd', 'e'].map((id) => nodeResult({ id })),
    nodeResult({ id: 'slow', replica_throughput: 9 }),
    nodeResult({ ...hostile, id: HOSTILE, verdict: 'FAIL', exit_code: 2 }),
    nodeResult({ ...hostile, id: `${HOSTILE}2`, verdict: 'INCOMPLETE', exit_code: 1, n_total: null }),
  ];
  const run = { harness_version: '0.1.0', name: HOSTILE, shard: null, warnings: [HOSTILE] };
  return fleetReportOf({ ...run, timestamp: '2026-09-01T00:00:00.000Z', duration_s: 60 }, nodes);
}

/** Three runs of one node, the last of them bad, and one of another node. */
function someRuns() {
  const honest = runFixture({ nonces: 32 }).report;
  const { preflight } = honest;
  return [
    honest,
    { ...honest, preflight: preflight && { ...preflight, version: HOSTILE } },
    runFixture({ nonces: 64, replicas: ['honest', 'unrelated'] }).report,
    { ...honest, config: { ...honest.config, node_id: 'node2' } },
  ].map((report, day) =>
    historyRun(`run-${day}`, { ...report, timestamp: `2026-09-0${day + 1}T00:00:00.000Z` }),
  );
}
