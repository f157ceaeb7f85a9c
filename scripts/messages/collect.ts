import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import ts from 'typescript';
import { packageRoot } from '../../src/paths.js';

/** One sentence of the sources that a user may read, with `{1}`, `{2}`, … where values go. */
export interface Message {
  text: string;
  file: string;
  line: number;
}

/** What imitates other programs speaks with their words, and a schema's compiled code is not read by anybody. */
const LEFT_OUT = ['src/schemas/generated/**', 'src/simulator/**', '**/*.d.ts'];
/** What a simulator says to the person who starts it. */
const SHOWN = [
  'src/simulator/mlnode/profiles/*.ts',
  'src/simulator/mlnode/{image-faults,shapes}.ts',
  'src/simulator/inferenced/install.ts',
];

/**
 * Every sentence in the sources that a user can read: literals, templates and the text of pages that hold two words or
 * more. Names of fields, paths, patterns and selectors are no sentences.
 */
export function collectMessages(): Message[] {
  const own = globSync(['src/**/*.ts', 'src/**/*.tsx'], { cwd: packageRoot, ignore: LEFT_OUT });
  const shown = globSync(SHOWN, { cwd: packageRoot });
  return [...own, ...shown].sort().flatMap(messagesOf);
}

function messagesOf(file: string): Message[] {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Message[] = [];
  const add = (node: ts.Node, words: string) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    for (const each of words.split('\n').map((part) => part.trim())) {
      if (isSentence(each)) found.push({ text: each, file, line });
    }
  };
  const visit = (node: ts.Node): void => {
    if (isForPrograms(node)) return;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) add(node, node.text);
    if (ts.isTemplateExpression(node)) add(node, templateText(node));
    if (ts.isJsxElement(node) || ts.isJsxFragment(node)) for (const run of textRuns(node)) add(node, run);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Places where a text is a name and no sentence. */
function isForPrograms(node: ts.Node): boolean {
  return (
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isTypeNode(node) ||
    ts.isTaggedTemplateExpression(node) ||
    (ts.isJsxAttribute(node) && /^(?:class|d|viewBox|style)$/.test(node.name.getText()))
  );
}

function templateText({ head, templateSpans }: ts.TemplateExpression): string {
  return (
    head.text +
    templateSpans
      .map(({ expression, literal }, index) => `{${index + 1}}${countedWords(expression)}${literal.text}`)
      .join('')
  );
}

/** The words of `counted(n, 'nonce')` belong to the sentence: ` nonces`. The catalogue's patterns take ` nonce`, too. */
function countedWords(expression: ts.Expression): string {
  if (!ts.isCallExpression(expression) || expression.expression.getText() !== 'counted') return '';
  const [, singular, plural] = expression.arguments;
  if (plural !== undefined) return ts.isStringLiteral(plural) ? ` ${plural.text}` : '';
  return singular !== undefined && ts.isStringLiteral(singular) ? ` ${singular.text}s` : '';
}

/** The text between the tags of an element; values in braces are its placeholders. */
function textRuns({ children }: ts.JsxElement | ts.JsxFragment): string[] {
  const runs = [''];
  let values = 0;
  for (const child of children) {
    if (ts.isJsxText(child)) runs.push((runs.pop() as string) + jsxText(child.text));
    else if (ts.isJsxExpression(child))
      runs.push((runs.pop() as string) + expressionText(child, () => ++values));
    else {
      values = 0;
      runs.push('');
    }
  }
  return runs;
}

function expressionText({ expression }: ts.JsxExpression, next: () => number): string {
  if (expression === undefined) return '';
  return ts.isStringLiteral(expression) ? expression.text : `{${next()}}${countedWords(expression)}`;
}

/** As the compiler reads it: lines are trimmed and joined by one space. */
function jsxText(text: string): string {
  const lines = text.split('\n');
  return lines
    .map((line, at) => {
      const start = at === 0 ? line : line.trimStart();
      return at === lines.length - 1 ? start : start.trimEnd();
    })
    .filter((line) => line !== '')
    .join(' ');
}

/** Two words of letters beside each other, or a word next to a value. */
function isSentence(text: string): boolean {
  const words =
    text.replaceAll(/\{\d+\}/g, ' ').match(/(?<![\w/.$@-])[A-Za-z][a-z’'-]*[a-z](?![\w/.=(-])/g) ?? [];
  return words.length >= 2 || (words.length === 1 && /\{\d+\}/.test(text) && /\s/.test(text));
}
