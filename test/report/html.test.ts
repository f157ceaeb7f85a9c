import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderPage } from '../../src/report/html/page.js';
import type { Run } from '../../src/report/run-folder.js';
import { hasChromium, launchChromium } from '../support/chromium.js';
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

  /** Opens the run's page from disk and collects what must not happen. */
  async function open(run: Run, options: BrowserContextOptions = {}) {
    const url = pathToFileURL(await temp.write('report.html', renderPage(run))).href;
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
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, impact, nodes }) => ({ id, impact, first: nodes[0]?.html }))).toEqual([]);
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
