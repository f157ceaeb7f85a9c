import { keyOf, type VALIDATE_OPTIONS, validateOptions } from '../run/options.js';
import type { ValidateConfig, ValidateReport } from '../run/report.js';
import { quoteForShell } from '../text/shell.js';
import { referenceName } from './format.js';

/** The command line that runs the same validation again, to paste into a POSIX shell. */
export function repeatCommand(config: ValidateConfig): string {
  const {
    options,
    mlnode_url,
    model,
    reference,
    stat_test: { values, source },
  } = config;
  if (isDemo(config)) return demoCommand(config);
  const asResolved: { [name in ResolvedOption]: unknown } = {
    // A node config names the node itself.
    'mlnode-url': options[keyOf('node-config')] === undefined ? mlnode_url : undefined,
    model,
    reference: referenceName(reference.path),
    // The reference's own thresholds are used without flags.
    threshold: source.dist_threshold === OF_REFERENCE ? undefined : values.dist_threshold,
    'p-mismatch': source.p_mismatch === OF_REFERENCE ? undefined : values.p_mismatch,
    'fraud-threshold': source.fraud_threshold === OF_REFERENCE ? undefined : values.fraud_threshold,
  };
  const asGiven = validateOptions.flatMap(([name, { repeat, default: standard }]): [string, unknown][] =>
    repeat === 'given' && options[keyOf(name)] !== standard ? [[name, options[keyOf(name)]]] : [],
  );
  const flags = [...Object.entries(asResolved), ...asGiven];
  return ['assay validate', ...flags.flatMap(([name, value]) => wordsOf(name, value))].join(' \\\n  ');
}

/** The source of thresholds that belong to the reference. */
const OF_REFERENCE = 'reference';

/** The command line that resumes a run without a verdict; null for a run with one. */
export function resumeCommand({ verdict, config }: ValidateReport, folder: string): string | null {
  if (verdict !== 'INCOMPLETE') return null;
  return isDemo(config) ? demoCommand(config) : `assay validate --resume ${quoteForShell([folder])}`;
}

/** The simulated node of a demo ends with it: there is nothing to resume. */
function isDemo({ deploy }: ValidateConfig): boolean {
  return deploy?.args?.some(({ source }) => source === 'demo') ?? false;
}

function demoCommand({ options: { profiles, replicas }, model }: ValidateConfig): string {
  return quoteForShell(['assay', 'demo', ...demoFlags({ profile: profiles, replicas, model })]);
}

function demoFlags(flags: Record<string, unknown>): string[] {
  return Object.entries(flags).flatMap(([name, value]) =>
    value == null ? [] : [`--${name}`, String(value)],
  );
}

/** Options that the run's config has in resolved form. */
type ResolvedOption = {
  [Name in keyof Table]: Table[Name]['repeat'] extends 'resolved' ? Name : never;
}[keyof Table];

type Table = typeof VALIDATE_OPTIONS;

function wordsOf(name: string, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one) => wordsOf(name, one));
  if (typeof value === 'boolean') {
    // A boolean in older versions, a choice now.
    if (isNegatable(name)) return value ? [`--${name}=full`] : [`--no-${name}`];
    if (value === isOnByDefault(name)) return [];
    return [value ? `--${name}` : `--no-${name}`];
  }
  return [`--${name}=${quoteForShell([String(value)])}`];
}

function isNegatable(name: string): boolean {
  return validateOptions.some(([other, row]) => other === name && row.negated !== undefined);
}

function isOnByDefault(name: string): boolean {
  return validateOptions.some(([other, row]) => other === name && row.default === true);
}
