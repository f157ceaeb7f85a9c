import { rowOf } from './names.js';

/** Values by option name. */
export type Values = Record<string, unknown>;

/** One source of options, and its values. */
export interface Layer {
  /** The name that `--print-config` shows for an option: `--model`, `ASSAY_MODEL`, `assay.yaml`. */
  nameOf(option: string): string;
  values: Values;
}

/** An option with its final value. */
export interface Setting {
  name: string;
  value: unknown;
  /** Its source. */
  from: string;
}

/**
 * For each option, the value of the nearest layer that has one.
 *
 * If a nearer layer gives the same thing with another option, the option is left out: with the flag
 * `--node-config`, an `mlnode-url` in the file is ignored.
 *
 * @param layers nearest first
 */
export function nearestOf(layers: readonly Layer[]): Setting[] {
  const found = new Map<string, Setting>();
  const replaced = new Set<string>();
  for (const { nameOf, values } of layers) {
    const own = Object.entries(values).filter(([name]) => !found.has(name) && !replaced.has(name));
    for (const [name, value] of own) {
      found.set(name, { name, value, from: nameOf(name) });
      const { insteadOf = [], default: standard } = rowOf(name);
      if (value !== standard) for (const other of insteadOf) replaced.add(other);
    }
  }
  return [...found.values()];
}
