import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const path = [process.env['CHROMIUM'], ...PATHS].find((one) => one !== undefined && existsSync(one));

/** Whether there is a browser to look at pages with; without one the tests that need it are skipped. */
export const hasChromium = path !== undefined;

if (!hasChromium) {
  console.warn(
    'No Chromium here: the tests that look at pages in a browser are skipped (apt-get install chromium, or set CHROMIUM to its path).',
  );
}

/** Starts the system's Chromium, headless, without any traffic of its own. */
export function launchChromium(): Promise<Browser> {
  if (path === undefined) throw new Error('no Chromium');
  return chromium.launch({
    executablePath: path,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
