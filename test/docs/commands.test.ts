import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/commands/command.js';
import { optionsOf } from '../../src/commands/every-option.js';
import { commands, groups } from '../../src/commands/index.js';
import { packageRoot } from '../../src/paths.js';

/** Options of every command, which the command line adds. */
const COMMON = ['help', 'verbose', 'catalog', 'no-proxy', 'proxy', 'version', 'lang'];

const pages = [
  'README.md',
  'README.zh-CN.md',
  ...readdirSync(join(packageRoot, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...['zh', 'dev'].flatMap((folder) =>
    readdirSync(join(packageRoot, 'docs', folder)).map((name) => `docs/${folder}/${name}`),
  ),
  ...['ci', 'deploy', 'monitoring'].map((name) => `examples/${name}/README.md`),
];

/** Every `assay` command line in the blocks of code of a page, without comments and what follows `|`, `>` or `&`. */
function commandLines(page: string): string[] {
  const text = readFileSync(join(packageRoot, page), 'utf8');
  const blocks = [...text.matchAll(/^```(?!text|yaml|json).*\n([\s\S]*?)^```$/gm)].map(
    ([, code = '']) => code,
  );
  return blocks
    .flatMap((code) => code.replaceAll(/\\\n\s*/g, '').split('\n'))
    .map((line) =>
      line
        .replace(/(^|\s)# .*$/, '')
        .replace(/\s[|>&].*$/, '')
        .trim(),
    )
    .flatMap((line) => /^(?:\$ )?(?:[A-Z_]+=\S+ )*(assay .*)$/.exec(line)?.[1] ?? []);
}

async function fault(line: string): Promise<string | null> {
  const words = line.split(/\s+/).slice(1);
  if (words[0] === undefined || words[0].startsWith('-') || words[0] === 'help') return null;
  if (words.length === 1 && Object.hasOwn(groups, words[0])) return null;
  const entry = commands.find(({ name }) => name.split(' ').every((word, index) => words[index] === word));
  if (entry === undefined) return 'no such command';
  const { command } = await entry.load();
  const unknown = words.filter((word) => word.startsWith('--')).find((word) => !isOption(word, command));
  return unknown === undefined ? null : `no option ${unknown}`;
}

function isOption(word: string, command: Command): boolean {
  const name = word.slice(2).split('=')[0] as string;
  const names = Object.entries(optionsOf(command)).flatMap(([key, { alias }]) => [
    key,
    ...[alias ?? []].flat(),
  ]);
  return [...COMMON, ...names].some((known) => name === known || name === `no-${known}`);
}

describe('the command lines of the documentation', () => {
  it.each(pages)('%s: each is a command with options that it has', async (page) => {
    const faults = await Promise.all(
      commandLines(page).map(async (line) => [line, await fault(line)] as const),
    );
    expect(faults.filter(([, text]) => text !== null)).toEqual([]);
  });

  it('are many', () => {
    expect(pages.flatMap(commandLines).length).toBeGreaterThan(60);
  });
});

describe('the links of the documentation', () => {
  it.each(pages)('%s: each leads to a file that is there', (page) => {
    const text = readFileSync(join(packageRoot, page), 'utf8');
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, to]) => to as string,
    );
    const missing = targets.filter((to) => !existsSync(join(packageRoot, page, '..', to)));
    expect(missing).toEqual([]);
  });
});
