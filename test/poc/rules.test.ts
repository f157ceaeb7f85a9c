import { expect, it } from 'vitest';
import { pocRules } from '../../src/poc/rules.js';

it.each([
  ['v0.2.14', null],
  ['v0.2.16', null],
  ['0.2.17-post3', null],
  ['v0.2.18', /newer than the rules/],
  ['v0.3.0', /newer than the rules/],
  ['v1.0.0', /newer than the rules/],
  ['v0.2.13', /older than the rules/],
  ['', /does not report the chain version/],
  ['mainnet', /does not report the chain version/],
])('rules for the chain version "%s"', (version, warning) => {
  const rules = pocRules(version);
  expect(rules.name).toBe('v0.2.14 to v0.2.17');
  if (warning === null) expect(rules.warning).toBeNull();
  else expect(rules.warning).toMatch(warning);
});
