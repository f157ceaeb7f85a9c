import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../src/commands/command.js';
import { optionsOf } from '../../src/commands/every-option.js';
import { commands } from '../../src/commands/index.js';
import { packageRoot } from '../../src/paths.js';
import { FOREIGN_FLAGS, flagsNamed, followable } from '../../src/text/advice.js';

/** Every text of the source that tells the user what to do: `advice:`, and constants named for it. */
const texts = globSync('src/**/*.{ts,tsx}', { cwd: packageRoot, absolute: true }).flatMap((path) => {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: { path: string; text: string }[] = [];
  const take = (node: ts.Node) => {
    if (ts.isStringLiteralLike(node)) found.push({ path, text: node.text });
    else if (ts.isTemplateExpression(node)) {
      const spans = node.templateSpans.map(({ literal }) => `X${literal.text}`);
      found.push({ path, text: node.head.text + spans.join('') });
    }
    ts.forEachChild(node, take);
  };
  const visit = (node: ts.Node) => {
    const isAdvice =
      (ts.isPropertyAssignment(node) && node.name.getText() === 'advice') ||
      (ts.isVariableDeclaration(node) && /advice/i.test(node.name.getText()));
    if (isAdvice && node.initializer !== undefined) take(node.initializer);
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
});

const loaded = new Map<string, Command>();
beforeAll(async () => {
  for (const { name, load } of commands) loaded.set(name, (await load()).command);
}, 120_000);

const flagsOf = (command: Command) => Object.keys(optionsOf(command)).map((name) => `--${name}`);
const withNo = (flag: string) => [flag, flag.replace(/^--no-/, '--')];

describe('advice', () => {
  it('is found in the source', () => {
    expect(texts.length).toBeGreaterThan(150);
    expect(texts.filter(({ text }) => flagsNamed(text).length > 0).length).toBeGreaterThan(40);
  });

  it('names only flags that some command has', () => {
    const all = [...loaded.values()].flatMap(flagsOf);
    const unknown = texts.flatMap(({ path, text }) =>
      flagsNamed(text)
        .filter((flag) => !withNo(flag).some((each) => all.includes(each)))
        .map((flag) => `${flag} in ${path}: ${text}`),
    );
    expect(unknown).toEqual([]);
    expect(FOREIGN_FLAGS.filter((flag) => !flag.startsWith('--'))).toEqual([]);
  });

  it('names of another command only flags that this one has', () => {
    const wrong = texts.flatMap(({ path, text }) =>
      [...text.matchAll(/\bassay ([a-z][a-z -]*?)(?= -| [A-Z<]|[`,;.]|$)([^`;]*)/g)].flatMap(
        ([, words = '', rest = '']) => {
          const name = [...loaded.keys()].find((each) => `${words} `.startsWith(`${each} `));
          if (name === undefined) return [`no command "${words}" in ${path}`];
          const own = flagsOf(loaded.get(name) as Command);
          const named = [...rest.matchAll(/(?<![\w-])--[a-z][a-z0-9-]*/g)].map(([flag]) => flag);
          return named
            .filter((flag) => flag !== '--help' && !withNo(flag).some((each) => own.includes(each)))
            .map((flag) => `assay ${name} has no ${flag} (${path})`);
        },
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('gives a flag of choices only a value that it takes', () => {
    const wrong = texts.flatMap(({ path, text }) =>
      [...text.matchAll(/(?<![\w-])--([a-z][a-z0-9-]*)[ =]([a-z][a-z0-9-]*)(?=[`,;.)]|$| --)/g)].flatMap(
        ([, flag = '', value = '']) => {
          const choices = [...loaded.values()].flatMap((command) => {
            const { choices: taken, type } = optionsOf(command)[flag] ?? {};
            return taken === undefined && type === 'string' ? [value] : (taken ?? []);
          });
          return choices.length === 0 || choices.includes(value) ? [] : [`--${flag} ${value} (${path})`];
        },
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('names, as a command tells it, only flags that this command has', () => {
    for (const [name, command] of loaded) {
      const own = flagsOf(command);
      const hasFlag = (flag: string) => own.includes(flag);
      for (const { text } of texts) {
        const told = followable(text, hasFlag) ?? '';
        const wrong = flagsNamed(told).filter((flag) => !withNo(flag).some(hasFlag));
        expect(wrong, `assay ${name}: ${told}`).toEqual([]);
      }
    }
  });
});
