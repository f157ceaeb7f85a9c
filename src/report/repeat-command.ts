import type { ValidateConfig, ValidateReport } from '../run/report.js';

/** Options that a run is repeated with as they were; where its files went and what followed it are not. */
export const REPEATED_OPTIONS = [
  'node-config',
  'node-id',
  'node',
  'challenge',
  'trusted-url',
  'challenge-seed',
  'strict',
  'skip-download',
  'download-timeout',
  'skip-deploy',
  'gpu',
  'deploy-args-from-reference',
  'dtype',
  'tp-size',
  'max-model-len',
  'extra-arg',
  'deploy-timeout',
  'skip-throughput',
  'warmup-seconds',
  'measure-seconds',
  'sample-interval',
  'batch-size',
  'skip-validate',
  'validation-timeout',
  'validation-batch-size',
  'probe',
  'coverage',
  'self-check',
  'timeout',
] as const;

/** Switches that are on unless they are switched off; the others are off unless they are given. */
const ON_BY_DEFAULT = new Set<string>(['self-check']);

/** The command line that runs the same validation again, to paste into a POSIX shell. */
export function repeatCommand({
  options,
  mlnode_url,
  model,
  reference,
  stat_test: { values },
}: ValidateConfig): string {
  const given = new Map(Object.entries(options).map(([name, value]) => [kebabCase(name), value]));
  const flags: [string, unknown][] = [
    // A node config names the node by itself.
    ...(given.has('node-config') ? [] : [['mlnode-url', mlnode_url] as [string, unknown]]),
    ['model', model],
    ['reference', reference.path],
    ['threshold', values.dist_threshold],
    ['p-mismatch', values.p_mismatch],
    ['fraud-threshold', values.fraud_threshold],
    ...REPEATED_OPTIONS.map((name): [string, unknown] => [name, given.get(name)]),
  ];
  return ['assay validate', ...flags.flatMap(([name, value]) => wordsOf(name, value))].join(' \\\n  ');
}

/** The command line that takes up a run which came to no verdict; null where there is one. */
export function resumeCommand({ verdict }: ValidateReport, folder: string): string | null {
  return verdict === 'INCOMPLETE' ? `assay validate --resume ${quote(folder)}` : null;
}

function wordsOf(name: string, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one) => wordsOf(name, one));
  if (typeof value === 'boolean') {
    const standard = ON_BY_DEFAULT.has(name);
    if (value === standard) return [];
    return [value ? `--${name}` : `--no-${name}`];
  }
  return [`--${name}=${quote(String(value))}`];
}

function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Quotes a word for a POSIX shell; plain words stay as they are. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
