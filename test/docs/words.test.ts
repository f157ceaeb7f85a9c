import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectMessages } from '../../scripts/messages/collect.js';
import { packageRoot } from '../../src/paths.js';

/** Words that a reader of English as a second language has to look up, or that name a thing by a second word. */
const BANNED: [words: RegExp, instead: string][] = [
  [/\b(?:anew|thereof|lest|whatever|half-way|begun)\b/i, 'again; of it; any; not finished; started'],
  [/\bbeyond\b/i, 'above, outside'],
  [/\bbeside\b/i, 'next to, with'],
  [/\b(?:comes?|came) along\b/i, 'is part of'],
  [/\b(?:is|are|was|were) told\b/i, 'is reported'],
  [/\b(?:came|comes?) to\b/i, 'the result is'],
  [/\bas it (?:is|stands)\b/i, 'unchanged; now'],
  [/\btake[ns]? up\b/i, 'resume'],
  [/\bcut short\b/i, 'interrupted'],
  [/\b(?:mend|mends|mended)\b/i, 'correct, fix'],
  [/\b(?:gate|gates|gated|gating)\b/i, 'threshold; accept'],
  [/\bno verdict\b/i, 'INCOMPLETE'],
  [/\bthe golden ones\b|\bgolden (?:reference|vector)/i, 'reference'],
];

/** Pages for users; those for engineers speak of the code. */
const ENGINEERING = ['architecture.md', 'faults.md', 'performance.md', 'truth.md'];
const pages = [
  'README.md',
  ...readdirSync(join(packageRoot, 'docs'))
    .filter((name) => name.endsWith('.md') && !ENGINEERING.includes(name))
    .map((name) => `docs/${name}`),
  ...['ci', 'deploy', 'monitoring'].map((name) => `examples/${name}/README.md`),
];

/** Names of files, commands, flags and fields keep their words. */
function prose(text: string): string {
  return text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`]*`/g, '');
}

function faults(text: string): string[] {
  return BANNED.flatMap(([words, instead]) => {
    const found = words.exec(text);
    return found === null ? [] : [`"${found[0]}" (better: ${instead})`];
  });
}

describe('plain words', () => {
  it('in every message that a user can read', () => {
    const bad = collectMessages()
      .filter(({ file }) => !file.startsWith('src/page/style'))
      .flatMap(({ file, line, text }) =>
        faults(prose(text)).map((fault) => `${file}:${line} ${fault}: ${text}`),
      );
    expect(bad).toEqual([]);
  });

  it.each(pages)('in %s', (page) => {
    const lines = prose(readFileSync(join(packageRoot, page), 'utf8')).split('\n');
    expect(lines.flatMap((line) => faults(line).map((fault) => `${fault}: ${line}`))).toEqual([]);
  });

  it('finds a sentence in other words', () => {
    expect(faults('the gate is told anew')).toHaveLength(3);
  });
});
