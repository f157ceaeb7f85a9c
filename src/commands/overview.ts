import { inLanguage } from '../text/language.js';
import { displayWidth, padToWidth } from '../text/width.js';
import { packageVersion } from '../version.js';
import { commands, groups } from './index.js';

/** First words of commands, grouped by task, in the order of the overview. */
const TASKS: [task: string, words: string[]][] = [
  ['Check a node', ['validate', 'doctor', 'accept', 'demo', 'judge', 'power']],
  ['Deploy and switch', ['deploy', 'node', 'lifecycle']],
  ['Bootstrap and PoC', ['chain', 'bootstrap', 'tx', 'poc']],
  ['References', ['golden', 'catalog', 'record', 'compare', 'calibrate']],
  ['Many nodes, and reports', ['fleet', 'watch', 'history', 'report']],
  ['Try it without a GPU', ['simulate']],
  ['The command line', ['completion', 'help']],
];

const EXIT_CODES: [code: string, meaning: string][] = [
  ['0', 'done; for a validation: PASS (with or without warnings)'],
  ['1', 'not done, or INCOMPLETE: the last lines say why'],
  ['2', 'FAIL'],
  ['3', 'not now: not enough time, or not pre-eligible'],
  ['4', 'PASS, but worse than the baseline or an assertion allows'],
  ['130', 'interrupted (143: SIGTERM, 129: SIGHUP)'],
];

/** `assay` without a command: all commands by task, and the exit codes. */
export function overview(): string {
  const listed = new Set(TASKS.flatMap(([, words]) => words));
  const others = [...firstWords().keys()].filter((word) => !listed.has(word));
  const tasks: [string, string[]][] = others.length === 0 ? TASKS : [...TASKS, ['Other', others]];
  const sections = tasks.map(([task, words]) => section(task, rowsOf(words)));
  return [
    `assay COMMAND …    mlnode-assay ${packageVersion()}`,
    ...sections.filter((text) => text !== ''),
    section('Exit codes', EXIT_CODES),
    'assay help COMMAND shows its options, with examples. assay --version prints the version.',
  ].join('\n\n');
}

/** One group of commands, as `assay fleet` prints it. */
export function groupOverview(group: string): string {
  const own = commands.filter(({ name }) => name.startsWith(`${group} `));
  const rows = own.map(({ name, summary }): [string, string] => [name, summary]);
  return [
    `assay ${group} COMMAND …    ${groups[group] ?? ''}`,
    section('Commands', rows),
    `assay help ${group} COMMAND shows the options of one, with examples.`,
  ].join('\n\n');
}

function rowsOf(words: string[]): [string, string][] {
  const summaries = firstWords();
  return words.flatMap((word): [string, string][] => {
    const summary = summaries.get(word);
    return summary === undefined ? [] : [[word, summary]];
  });
}

/** Purpose of each first word. */
function firstWords(): Map<string, string> {
  const own = new Map<string, string>();
  for (const { name, summary } of commands) {
    const word = name.split(' ')[0] as string;
    if (Object.hasOwn(groups, word)) own.set(word, groups[word] as string);
    else if (!own.has(word) || name === word) own.set(word, summary);
  }
  own.set('help', 'this list, or the help of a command');
  return own;
}

function section(title: string, rows: [string, string][]): string {
  if (rows.length === 0) return '';
  const width = Math.max(...rows.map(([name]) => displayWidth(name)));
  const lines = rows.map(([name, text]) => `  ${padToWidth(name, width)}  ${inLanguage(text)}`);
  return [inLanguage(`${title}:`), ...lines].join('\n');
}
