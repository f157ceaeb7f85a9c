import type { Message } from './collect.js';

/**
 * What is translated: help summaries, verdicts, reasons, diagnoses, advice, why a file cannot be read, and the page of a run. The rest stays English
 * until somebody translates it.
 */
const TRANSLATED =
  /^src\/(?:verdict|report|run|validate|batches|text|models|http|terminal|page)\/|^src\/files\/read-whole|^src\/golden\/(?:variant|recorded-on)|^src\/commands\/(?:index|overview|every-option)|^src\/(?:cli|errors)\.ts/;

/** Scripts of shells and style sheets are no messages. */
const FOR_PROGRAMS =
  /^src\/text\/completion|^src\/page\/(?:style|document|charts\/drawing)|^src\/text\/language/;

/** The templates of the sources that every catalogue has, sorted. */
export function templatesToTranslate(messages: Message[]): string[] {
  const own = messages.filter(({ file }) => TRANSLATED.test(file) && !FOR_PROGRAMS.test(file));
  const texts = own.filter((message) => !isName(message)).map(({ text }) => text);
  return [...new Set([...texts, ...WORDS])].sort();
}

/** A command's words, or a line of a style sheet. */
function isName({ file, text }: Message): boolean {
  return (
    (file.endsWith('commands/index.ts') && /^[a-z]+ [a-z]+$/.test(text) && !/ (?:a|the) /.test(text)) ||
    /[{}]|@supports/.test(text.replaceAll(/\{\d+\}/g, ''))
  );
}

/** Single words that stand by themselves (heads of tables, headings, words of help), and counts of things. */
export const WORDS: readonly string[] = [
  'Advice',
  'Assertions',
  'Commands',
  'Diagnosis',
  'Distances',
  'Evidence',
  'Examples:',
  'Inputs',
  'Mismatches',
  'Options',
  'Options:',
  'Output:',
  'Phases:',
  'Positionals:',
  'Probe:',
  'References',
  'Replicas',
  'Show help',
  'Thresholds',
  'Throughput',
  'Time:',
  'Timing',
  'Verdict',
  'Warnings',
  'Why',
  'advice',
  'array',
  'boolean',
  'choices:',
  'cosine',
  'default:',
  'deploy',
  'differ',
  'distance',
  'distances',
  'done',
  'download',
  'error',
  'far outside',
  'honest',
  'mean',
  'mean L2',
  'mismatch',
  'mismatches',
  'model',
  'next: {1}',
  'node',
  'nonce',
  'nonces/s',
  'number',
  'on the same nonces',
  'other',
  'p-value',
  'passed',
  'preflight',
  'probe',
  'reason',
  'reference',
  'replica',
  'replicas',
  'report',
  'required',
  'self-check',
  'skipped',
  'source',
  'string',
  'threshold',
  'throughput',
  'took {1} s against {2}',
  'value',
  'verdict',
  'warning',
  'warnings',
  'weights',
  'why',
  '{1} batches',
  '{1} honest pair',
  '{1} honest pairs',
  '{1} mismatch',
  '{1} mismatches',
  '{1} nonce',
  '{1} nonces',
  '{1} of {2} mismatches',
  '{1} of {2} nonces',
  '{1} of {2} replicas tested',
  '{1} replica',
  '{1} replicas',
  '{1} replicas tested',
  '{1} requests',
  '{1} vectors',
  '{1} vectors of {2}',
];
