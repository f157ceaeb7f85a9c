import { describe, expect, it } from 'vitest';
import { findNodeUrl } from '../../src/chain/node-url.js';
import { AssayError } from '../../src/errors.js';
import { proxyFor } from '../../src/http/proxy.js';
import { findAdminUrl } from '../../src/network/admin-client.js';
import { languageOf } from '../../src/text/language.js';

const HOSTILE = 'x\u001b[2J\n::error::owned\n##vso[task.complete]\r\u009b31m\u202eevil';
const HUGE = 'A'.repeat(100_000);
const VALUES = [HOSTILE, `http://h/?${HOSTILE}`, HUGE, `http://127.0.0.1:1/${HUGE}`, '/dev/zero', '1e308'];
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be in a line
const RAW = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]|^::|##vso\[/m;

/** The line that a user reads; undefined where the value was taken. */
function lineOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(AssayError);
    return (error as AssayError).line;
  }
}

describe('a hostile value of a variable', () => {
  it.each([
    ['ADMIN_API_URL', (text: string) => findAdminUrl(undefined, { ADMIN_API_URL: text })],
    ['ASSAY_NODE', (text: string) => findNodeUrl(undefined, { ASSAY_NODE: text })],
  ])('%s is refused in one short line that names it', (name, read) => {
    for (const value of VALUES) {
      const line = lineOf(() => read(value));
      expect(line).toMatch(new RegExp(`^${name}: "`));
      expect(line).not.toMatch(RAW);
      expect(line?.length).toBeLessThan(500);
    }
  });

  it('HTTP_PROXY tells nothing of it', async () => {
    const error = await proxyFor('http://198.51.100.7', { HTTP_PROXY: HOSTILE }).catch((why) => why);
    expect(error.line).not.toMatch(RAW);
    expect(error.line).not.toContain('owned');
  });

  it('of the language is English', () => {
    for (const value of VALUES) expect(languageOf(undefined, { LANG: value, ASSAY_LANG: value })).toBe('en');
  });
});

it('an empty variable names no admin API, and a flag comes before it', () => {
  expect(findAdminUrl(undefined, { ADMIN_API_URL: '' })).toBeUndefined();
  expect(findAdminUrl('http://a:1/admin/v1', { ADMIN_API_URL: HOSTILE })).toBe('http://a:1');
});
