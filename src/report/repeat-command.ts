import type { ValidateConfig } from './model.js';

/** The command line that runs the same validation again, to paste into a POSIX shell. */
export function repeatCommand(config: ValidateConfig): string {
  const { dist_threshold, p_mismatch, fraud_threshold } = config.stat_test.values;
  const given = {
    ...config.options,
    'mlnode-url': config.mlnode_url,
    model: config.model,
    reference: config.reference.path,
    threshold: dist_threshold,
    'p-mismatch': p_mismatch,
    'fraud-threshold': fraud_threshold,
  };
  const flags = Object.entries(given).flatMap(([name, value]) => flagsOf(name, value));
  return ['assay validate', ...flags].join(' \\\n  ');
}

function flagsOf(name: string, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one) => flagsOf(name, one));
  if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`];
  return [`--${name}=${quote(String(value))}`];
}

/** Quotes a word for a POSIX shell; plain words stay as they are. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
