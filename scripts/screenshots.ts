// Takes the pictures of the documentation, docs/images/*.png, from runs of the demo as it is built.
// Needs Chromium, as the tests of the pages do: `npm run screenshots`.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { packageRoot } from '../src/paths.js';
import { launchChromium } from '../test/support/chromium.js';

const DESKTOP = { width: 1100, height: 1290 };

/** Each picture: a demo's profiles, and how its page is looked at. */
const PICTURES: { name: string; profile: string; look: BrowserContextOptions }[] = [
  { name: 'report', profile: 'honest,unrelated', look: { viewport: DESKTOP, colorScheme: 'light' } },
  { name: 'report-dark', profile: 'heads', look: { viewport: DESKTOP, colorScheme: 'dark' } },
  {
    name: 'report-phone',
    profile: 'honest',
    look: { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  },
];

const images = `${packageRoot}/docs/images`;
await mkdir(images, { recursive: true });
const folder = await mkdtemp(join(tmpdir(), 'assay-screenshots-'));
const browser = await launchChromium();
try {
  for (const { name, profile, look } of PICTURES) {
    const page = await demoPage(profile);
    await takePicture(browser, page, look, `${images}/${name}.png`);
    console.log(`docs/images/${name}.png: assay demo --profile ${profile}`);
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

/** Runs a demo and renders its page; returns the page's path. */
async function demoPage(profile: string): Promise<string> {
  const run = join(folder, profile);
  const page = `${run}.html`;
  await assay(['demo', '--quiet', '--profile', profile, '--exp-dir', run]);
  await assay(['report', run, '--format', 'html', '--out', page]);
  return page;
}

/** Runs the built command; a demo of a bad node ends with 2. */
async function assay(args: string[]): Promise<void> {
  const { exitCode, stderr } = await execa(process.execPath, [`${packageRoot}/dist/main.js`, ...args], {
    reject: false,
  });
  if (exitCode !== 0 && exitCode !== 2) throw new Error(`assay ${args.join(' ')}: ${stderr}`);
}

async function takePicture(
  browser: Browser,
  path: string,
  look: BrowserContextOptions,
  out: string,
): Promise<void> {
  const context = await browser.newContext(look);
  const page = await context.newPage();
  await page.goto(pathToFileURL(path).href);
  await page.screenshot({ path: out });
  await context.close();
}
