import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historiesOf } from '../../src/report/history/history.js';
import { renderCalibratePage } from '../../src/report/html/calibrate-page.js';
import { renderComparePage } from '../../src/report/html/compare-page.js';
import { renderHistoryPage } from '../../src/report/html/history-page.js';
import { renderPage } from '../../src/report/html/page.js';
import type { Run } from '../../src/report/run-folder.js';
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
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  const open = (run: Run, options?: BrowserContextOptions) => openPage(renderPage(run), options);

  /** Opens a page from disk and collects what must not happen. */
  async function openPage(html: string, options: BrowserContextOptions = {}) {
    const url = pathToFileURL(await temp.write('report.html', html)).href;
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('dialog', (dialog) => {
      faults.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== url) faults.push(`request ${request.url()}`);
    });
    await page.goto(url);
    return { page, faults, close: () => context.close() };
  }

  const count = (page: Page, selector: string) => page.locator(selector).count();

  it('opens without an error or a request, with every measurement in its plots', async () => {
    const run = runFixture({ replicas: ['honest', 'unrelated'] });
    const { page, faults, close } = await open(run);
    const mismatches = run.observations.filter(({ mismatch }) => mismatch).length;
    expect(await page.locator('h1').textContent()).toContain('FAIL');
    expect(await page.locator('.reason').textContent()).toBe(run.report.verdict_reason);
    expect(await count(page, '.measurements circle')).toBe(200);
    expect(await count(page, '.mismatches circle')).toBe(mismatches);
    expect(await count(page, '.borders line')).toBe(6);
    expect(await count(page, '.bands rect')).toBe(2);
    expect(await page.locator('figure').first().textContent()).toContain(
      `threshold 0.4: ${mismatches} beyond, 27 tolerated`,
    );
    expect(await count(page, '.batches circle')).toBe(7);
    expect(await count(page, '.rates circle')).toBe(12);
    const bins = await page.locator('.distances title').allTextContents();
    expect(bins.reduce((sum, title) => sum + Number.parseInt(title, 10), 0)).toBe(200);
    expect(faults).toEqual([]);
    await close();
  });

  it('marks vectors that have no distance', async () => {
    const run = runFixture({ replicas: ['exact', 'missing'] });
    const { page, faults, close } = await open(run);
    expect(await count(page, '.measurements circle')).toBe(200);
    expect(await count(page, '.mismatches circle')).toBe(12);
    expect(faults).toEqual([]);
    await close();
  });

  it('tells a run that measured nothing', async () => {
    const { page, faults, close } = await open(emptyRun());
    expect(await page.locator('h1').textContent()).toContain('INCOMPLETE');
    expect(await page.locator('.notice.error').textContent()).toContain('connection refused');
    expect(await count(page, 'svg')).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });

  it('shows hostile text as text', async () => {
    const { page, faults, close } = await open(hostileRun());
    expect(await page.title()).not.toBe('owned');
    expect(await count(page, 'script, img, a')).toBe(0);
    const shown = HOSTILE.slice(0, 30);
    expect(await page.locator('body').textContent()).toContain(shown);
    expect(faults).toEqual([]);
    await close();
  });

  it.each(['light', 'dark'] as const)('reads well in %s, by axe', async (colorScheme) => {
    const run = runFixture({ replicas: ['int4', 'unrelated'], nonces: 64 });
    const { page, close } = await open(run, { colorScheme });
    expect(await axeFindings(page)).toEqual([]);
    await close();
  });

  it('has a point for each run in the history of a node', async () => {
    const { page, faults, close } = await openPage(renderHistoryPage(historiesOf(someRuns())));
    expect(await page.locator('h2').allTextContents()).toEqual([
      'moonshotai/Kimi-K2.6 on node1',
      'moonshotai/Kimi-K2.6 on node2',
    ]);
    expect(await count(page, '.runs circle')).toBe(3 * (2 + 1));
    expect(await count(page, '.failed circle')).toBe(2 + 1);
    expect(await page.locator('tbody tr').allTextContents()).toEqual([
      expect.stringContaining('PASS'),
      expect.stringMatching(/PASS.*node version: 0\.2\.0 → <script>/),
      expect.stringContaining('FAIL'),
      expect.stringContaining('PASS'),
    ]);
    expect(await count(page, 'script, img, a')).toBe(0);
    expect(faults).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await close();
  });

  it('shows every pair of a comparison, hostile names as text', async () => {
    const { page, faults, close } = await openPage(renderComparePage(comparisonFixture()), {
      colorScheme: 'dark',
    });
    expect(await count(page, '.pairs rect')).toBe(6);
    expect(await count(page, '.frauds rect')).toBe(4);
    expect(await count(page, '.ranges line')).toBe(3);
    expect(await page.locator('tbody').nth(0).textContent()).toContain(HOSTILE.slice(0, 30));
    expect(await count(page, 'script, img, a')).toBe(0);
    expect(faults).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
    await close();
  });

  it('shows honest and fraud distances of a calibration with the threshold, and the ROC curve', async () => {
    const input = calibrationFixture();
    const { page, faults, close } = await openPage(renderCalibratePage(input));
    const bins = await page.locator('svg title').allTextContents();
    const nonces = bins.reduce((sum, title) => sum + (Number.parseInt(title, 10) || 0), 0);
    expect(nonces).toBe(200 + 100);
    expect(await count(page, '.threshold line')).toBe(1);
    expect(await count(page, '.curve path')).toBe(1);
    expect(await count(page, '.gate circle')).toBe(1);
    expect(await page.locator('.cards').textContent()).toContain(
      `ROC area${input.calibration.separation?.roc_area.toFixed(4)}`,
    );
    expect(faults).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await close();
  });

  it('follows the colour scheme of the reader', async () => {
    const background = async (colorScheme: 'light' | 'dark') => {
      const { page, close } = await open(runFixture(), { colorScheme });
      const colour = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      await close();
      return colour;
    };
    expect(await background('light')).toBe('rgb(246, 247, 249)');
    expect(await background('dark')).toBe('rgb(17, 21, 27)');
  });

  it('leads the keyboard to everything that scrolls, and names it', async () => {
    const { page, close } = await open(runFixture());
    const reached: (string | null)[] = [];
    for (let tab = 0; tab < (await count(page, '.scroll')); tab++) {
      await page.keyboard.press('Tab');
      reached.push(await page.locator('.scroll:focus').getAttribute('aria-label'));
    }
    expect(reached.slice(0, 3)).toEqual(['How the distances spread', 'Replica by replica', 'Nonce by nonce']);
    expect(new Set(reached).size).toBe(reached.length);
    await close();
  });

  it('does not scroll sideways on a phone', async () => {
    const { page, close } = await open(hostileRun(), { viewport: { width: 360, height: 740 } });
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(360);
    await close();
  });

  it('prints to a PDF of a few pages', async () => {
    const { page, close } = await open(runFixture(), { colorScheme: 'dark' });
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThan(1);
    expect(pages).toBeLessThan(8);
    await close();
  });
});

async function axeFindings(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, impact, nodes }) => ({ id, impact, first: nodes[0]?.html }));
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
  ].map((report, day) => ({
    folder: `run-${day}`,
    report: { ...report, timestamp: `2026-09-0${day + 1}T00:00:00.000Z` },
  }));
}
