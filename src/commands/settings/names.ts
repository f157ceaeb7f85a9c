import { type OptionEntry, type OptionName, VALIDATE_OPTIONS, validateOptions } from '../../run/options.js';

/** Every option of `assay validate`. */
export const everySetting: readonly OptionName[] = validateOptions.map(([name]) => name);

/** Options that a fleet has for all its nodes. */
export const fleetSettings: readonly OptionName[] = validateOptions.flatMap(([name, { fleet }]) =>
  fleet === 'all' ? name : [],
);

/**
 * Options that do not change what a run measures: on `--resume` only these are read from the environment and
 * the file.
 */
export const settingsOnResume = new Set<string>(
  validateOptions.flatMap(([name, { resume, group }]) =>
    resume === 'apart' && group !== 'node' && name !== 'exp-dir' ? name : [],
  ),
);

export function rowOf(name: string): OptionEntry {
  return VALIDATE_OPTIONS[name as OptionName];
}

/** Name of the environment variable for `wait-ready`: `ASSAY_WAIT_READY`. */
export function variableOf(name: string): string {
  return `ASSAY_${name.toUpperCase().replaceAll('-', '_')}`;
}
