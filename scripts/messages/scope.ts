import type { Message } from './collect.js';

/** What is translated, by the command that shows it. The rest stays English until somebody translates it. */
const TRANSLATED: readonly RegExp[] = [
  // Every command: help summaries, options, errors, files.
  /^src\/(?:text|files|http|terminal|page|models|golden)\/|^src\/(?:cli|errors)\.ts/,
  /^src\/commands\/(?:settings\/|index|overview|every-option|flags|own-address|write-page)/,
  // validate, judge and the pages of a run: verdicts, reasons, diagnoses, advice.
  /^src\/(?:verdict|report|run|validate|batches)\//,
  // doctor, with what it asks of the chain and of the nodes.
  /^src\/(?:doctor|mlnode)\/|^src\/commands\/(?:doctor|tx\/options)\.ts/,
  /^src\/chain\/(?:node-url|view|integer|reach|patience|address|model-table)\.ts|^src\/poc\/ready\.ts/,
  /^src\/network\/(?:admin-client|ask-weights|reach|names|node-host)\.ts|^src\/(?:lifecycle\/host-file|tx\/passphrase)\.ts/,
];

/** Scripts of shells and style sheets are no messages. */
const FOR_PROGRAMS =
  /^src\/text\/completion|^src\/page\/(?:style|document|charts\/drawing)|^src\/text\/language/;

/** The templates of the sources that every catalogue has, sorted. */
export function templatesToTranslate(messages: Message[]): string[] {
  const own = messages.filter(
    ({ file }) => TRANSLATED.some((one) => one.test(file)) && !FOR_PROGRAMS.test(file),
  );
  const texts = own.filter((message) => !isName(message)).map(({ text }) => text);
  return [...new Set([...texts, ...WORDS])].sort();
}

/** A command's words, the line of an example, or a line of a style sheet. */
function isName({ file, text }: Message): boolean {
  return (
    (file.endsWith('commands/index.ts') && /^[a-z]+ [a-z]+$/.test(text) && !/ (?:a|the) /.test(text)) ||
    (file.startsWith('src/commands/') && /^assay [a-z ]+ --/.test(text)) ||
    /[{}]|@supports/.test(text.replaceAll(/\{\d+\}/g, ''))
  );
}

/** Single words that stand by themselves (heads of tables, headings, words of help), and counts of things. */
export const WORDS: readonly string[] = [
  'Advice',
  'Assertions',
  'CUDA {1}',
  'Commands',
  'Diagnosis',
  'Distances',
  'Evidence',
  'Examples:',
  'Inputs',
  'ML node',
  'ML nodes',
  'MLNode {1}',
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
  'admin API',
  'advice',
  'another one',
  'array',
  'boolean',
  'both fit',
  'chain',
  'challenge',
  'choices',
  'choices:',
  'cosine',
  'default:',
  'deploy',
  'differ',
  'distance',
  'distances',
  'done',
  'download',
  'driver {1}',
  'error',
  'far outside',
  'fees',
  'grants',
  'honest',
  'mean',
  'mean L2',
  'mismatch',
  'mismatches',
  'model',
  'network node',
  'next: {1}',
  'node',
  'nonce',
  'nonces/s',
  'not enough',
  'not in rotation',
  'not serving (503)',
  'number',
  'on the same nonces',
  'other',
  'p-value',
  'participant',
  'passed',
  'preflight',
  'print JSON',
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
  'vLLM {1}',
  'value',
  'verdict',
  'versions',
  'warning',
  'warnings',
  'weights',
  'why',
  '{1} GPU',
  '{1} GPUs',
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
  '{1} thing',
  '{1} thing not known',
  '{1} thing to fix',
  '{1} things',
  '{1} things not known',
  '{1} things to fix',
  '{1} vectors',
  '{1} vectors of {2}',
  '{1} warning',
  '{1} warnings',
];
