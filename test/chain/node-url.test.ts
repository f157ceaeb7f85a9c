import { describe, expect, it } from 'vitest';
import { findNodeUrl, requireNodeUrl } from '../../src/chain/node-url.js';

describe('network node URL', () => {
  it.each([
    ['https://node3.gonka.ai', 'https://node3.gonka.ai'],
    ['https://node3.gonka.ai/', 'https://node3.gonka.ai'],
    ['https://node3.gonka.ai/chain-rpc/', 'https://node3.gonka.ai'],
    ['https://node3.gonka.ai/chain-api', 'https://node3.gonka.ai'],
    ['http://10.0.0.1:8000/proxy//', 'http://10.0.0.1:8000/proxy'],
  ])('%s means %s', (text, url) => {
    expect(requireNodeUrl(text, {})).toBe(url);
  });

  it('takes the flag before ASSAY_NODE before NODE', () => {
    const env = { ASSAY_NODE: 'http://b', NODE: 'http://c' };
    expect(findNodeUrl('http://a', env)).toBe('http://a');
    expect(findNodeUrl(undefined, env)).toBe('http://b');
    expect(findNodeUrl(undefined, { NODE: 'http://c/chain-rpc/' })).toBe('http://c');
  });

  it("overlooks npm's NODE, and says when there is none", () => {
    expect(findNodeUrl(undefined, { NODE: '/usr/bin/node' })).toBeUndefined();
    expect(() => requireNodeUrl(undefined, { NODE: '/usr/bin/node' })).toThrow(/no network node is given/);
    expect(() => requireNodeUrl('node3.gonka.ai', {})).toThrow(/--node/);
  });
});
