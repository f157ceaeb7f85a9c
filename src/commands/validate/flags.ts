import type { Options } from 'yargs';
import { nodeOption } from '../../chain/node-url.js';
import {
  OPTION_GROUPS,
  type OptionEntry,
  type OptionName,
  type VALIDATE_OPTIONS,
  validateOptions,
} from '../../run/options.js';
import { numberFlag, reachOption, textFlag, textsFlag } from '../flags.js';

type Table = typeof VALIDATE_OPTIONS;

/** Flags that other commands have as well. */
const SHARED = { node: nodeOption, reach: reachOption } as const;

/** A row of the table as an option of the parser. */
type FlagOf<Name extends OptionName> = Name extends keyof typeof SHARED
  ? (typeof SHARED)[Name]
  : KindOf<Table[Name]> & (Table[Name] extends { default: infer D } ? { default: D } : unknown);

type KindOf<Row> = Row extends { type: 'choice'; choices: infer C }
  ? { choices: C }
  : Row extends { type: 'number' }
    ? { type: 'number' }
    : Row extends { type: 'switch' }
      ? { type: 'boolean' }
      : Row extends { type: 'texts' }
        ? { type: 'string'; array: true }
        : { type: 'string' };

type FlagsOf<Names extends OptionName> = { [Name in Names]: FlagOf<Name> };

/**
 * Options that all nodes of a fleet share; the others belong to one node and come from its file, or are not
 * available.
 */
type FleetOption = {
  [Name in OptionName]: Table[Name]['fleet'] extends 'all' ? Name : never;
}[OptionName];

/** Headings of `--help`, in their order. */
export const optionGroups = Object.values(OPTION_GROUPS);

/** Flags for what a command writes and shows. */
export function ofOutput<F extends Record<string, Options>>(flags: F): F {
  const told = Object.entries(flags).map(([name, flag]) => [name, { ...flag, group: OPTION_GROUPS.output }]);
  return Object.fromEntries(told) as F;
}

/** All flags of `assay validate`; other commands that validate nodes use them too. */
export const validateFlags = flagsOf(() => true) as unknown as FlagsOf<OptionName>;

/** Options that a fleet has for all its nodes. */
export const fleetOptions = flagsOf(({ fleet }) => fleet === 'all') as unknown as FlagsOf<FleetOption>;

function flagsOf(isWanted: (row: OptionEntry) => boolean): Record<string, Options> {
  const wanted = validateOptions.filter(([, row]) => isWanted(row));
  return Object.fromEntries(
    wanted.map(([name, row]) => [name, { ...flagOf(name, row), group: OPTION_GROUPS[row.group] }]),
  );
}

function flagOf(name: OptionName, row: OptionEntry): Options {
  const { description = '', range = {}, default: standard } = row;
  const preset = standard !== undefined && { default: standard };
  switch (row.type) {
    case 'shared':
      return SHARED[name as keyof typeof SHARED];
    case 'number':
      return { ...numberFlag(name, description, range), ...preset };
    case 'switch':
      return { type: 'boolean', description, ...preset };
    case 'choice':
      return {
        choices: row.choices ?? [],
        description,
        ...preset,
        ...(row.negated !== undefined && {
          coerce: (value: unknown) => (value === false ? row.negated : value),
        }),
      };
    case 'texts':
      return textsFlag(description);
    case 'text':
      return textFlag(description, { ...preset, ...(row.alias !== undefined && { alias: row.alias }) });
  }
}
