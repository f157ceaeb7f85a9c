import { rowOf } from './names.js';

/** Values by the name of their option. */
export type Values = Record<string, unknown>;

/** One place that gives options, and what it gives. */
export interface Layer {
  /** As `--print-config` names it for an option: `--model`, `ASSAY_MODEL`, `assay.yaml`. */
  nameOf(option: string): string;
  values: Values;
}

/** An option as the command gets it. */
export interface Setting {
  name: string;
  value: unknown;
  /** Where it is from. */
  from: string;
}

/**
 * Of each option the nearest value that there is.
 *
 * An option that says in another way what a nearer layer says already is left out: with the flag `--node-config`, a
 * `mlnode-url` of the file does not count.
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
