import fc from 'fast-check';
import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import { renderTable } from '../../src/terminal/table.js';
import { withEveryColumn } from '../../src/terminal/terminal.js';
import { folded } from '../../src/text/wrap.js';

const plain = { colors: createColors(false) };
const HEAD = ['node', 'site', 'verdict', 'why'];
const ROWS = [
  ['node1', 'amsterdam', 'FAIL', 'forty of two hundred nonces mismatch on one of its replicas'],
  ['node2', 'frankfurt', 'PASS', ''],
];
const longest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('a table', () => {
  it('has every column where no terminal limits it, and where all are asked for', () => {
    const wide = renderTable(HEAD, ROWS, plain, ['site']);
    expect(wide).toContain('amsterdam');
    expect(wide).not.toContain('not shown');
    const terminal = { ...plain, columns: 40, out() {}, command() {}, say() {}, width: 40 };
    const asked = withEveryColumn({ ...terminal, interactive: false, canAsk: false });
    expect(renderTable(HEAD, ROWS, asked, ['site'])).toBe(wide);
  });

  it('takes more rows than a call takes arguments', () => {
    const rows = Array.from({ length: 200_000 }, (_, at) => [`node${at}`]);
    const text = renderTable(['node'], rows, plain);
    expect(text.slice(0, 20).split('\n').slice(0, 3)).toEqual(['node', 'node0', 'node1']);
    expect(text.endsWith('node199999')).toBe(true);
  });

  it('leaves out columns by their importance, and says so', () => {
    const text = renderTable(HEAD, ROWS, { ...plain, columns: 85 }, ['site', 'verdict']);
    expect(text).toContain('FAIL');
    expect(text).not.toContain('amsterdam');
    expect(text).toContain('not shown: site; -o wide shows all');
  });

  it('breaks long cells between words when columns are not enough', () => {
    const text = renderTable(HEAD, ROWS, { ...plain, columns: 50 }, ['site']);
    expect(longest(text)).toBeLessThanOrEqual(50);
    for (const word of 'forty of two hundred nonces mismatch on one of its replicas'.split(' '))
      expect(text).toMatch(new RegExp(`(^|\\s)${word}(\\s|$)`, 'm'));
  });

  it('keeps to the width with a frame, too', () => {
    const framed = { colors: createColors(true), columns: 60 };
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
    const text = renderTable(HEAD, ROWS, framed, ['site']).replaceAll(/\u001b\[\d+m/g, '');
    expect(longest(text)).toBeLessThanOrEqual(60);
  });
});

describe('a table of long names and words', () => {
  const address = 'gonka15ra84mg3lpr0wkc38evd2ght7etmuv2x0992n0';
  const framed = { colors: createColors(true), columns: 80 };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
  const unpainted = (text: string) => text.replaceAll(/\u001b\[\d+m/g, '');

  it('breaks the names of its columns, too', () => {
    const head = ['your choice', 'not pre-eligible', 'pre-eligible, not eligible', 'eligible'];
    const text = unpainted(
      renderTable(head, [['intent, but no commits', '0', '360 (15 %)', '360 (15 %)']], framed),
    );
    expect(longest(text)).toBeLessThanOrEqual(80);
    expect(text).toContain('0');
    expect(text).not.toContain('shortened');
  });

  it('shortens addresses in the middle, and says so', () => {
    const head = ['intent of', 'weight', 'serves it', 'delegated to it'];
    const rows = [[address, '2000', 'no', '1200 from 1']];
    const text = unpainted(renderTable(head, rows, framed));
    expect(longest(text)).toBeLessThanOrEqual(80);
    expect(text).toContain('gonka15ra84…0992n0');
    expect(text).toContain('shortened: intent of; -o wide shows all');
    expect(unpainted(renderTable(head, rows, { colors: createColors(true) }))).toContain(address);
  });
});

describe('a long line on a terminal', () => {
  it('is broken between words, below the value of a name', () => {
    expect(folded('next     restart the replica and validate again', 30)).toBe(
      'next     restart the replica\n         and validate again',
    );
    expect(folded('  warning: the model is up and serves chats', 24)).toBe(
      '  warning: the model is\n    up and serves chats',
    );
  });

  it.each([
    '│ a │ framed line that is longer than the terminal │',
    '{"json": "stays as it is, however long it may become"}',
    'go on with: assay validate --resume runs/validate_with_a_long_name',
  ])('stays where it is no prose: %s', (line) => {
    expect(folded(line, 20)).toBe(line);
  });

  it('loses no word, and is never broken within one', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(words, fc.integer({ min: 10, max: 120 }), (all, columns) => {
        const text = folded(all.join(' '), columns);
        expect(text.split(/\s+/)).toEqual(all);
        for (const line of text.split('\n'))
          if (line.trim().includes(' ')) expect(line.length).toBeLessThanOrEqual(columns);
      }),
    );
    expect(folded('no terminal, no width', undefined)).toBe('no terminal, no width');
  });
});
