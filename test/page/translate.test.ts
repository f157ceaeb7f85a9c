import { h } from 'preact';
import { afterEach, describe, expect, it } from 'vitest';
import '../../src/page/translate.js';
import { useLanguage } from '../../src/text/language.js';

afterEach(() => useLanguage('en'));

describe('a page', () => {
  it('has the message behind a name in Chinese', async () => {
    await useLanguage('zh');
    const message = ': 9 of 20 mismatches (limit 2), 8 of them on replica 5002; p = 1 (limit 0.05)';
    expect(h('li', null, h('code', null, 'node1'), message).props.children).toMatchObject([
      { props: { children: 'node1' } },
      '：20 个中有 9 个不匹配（上限 2），其中 8 个在副本 5002 上；p = 1（上限 0.05）',
    ]);
  });
});
