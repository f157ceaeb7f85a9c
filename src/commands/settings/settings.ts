import type { Options } from 'yargs';
import { hasCredentials } from '../../http/credentials.js';
import { groupBy } from '../../text/group-by.js';
import { misspelt, settingsOfEnvironment } from './environment.js';
import { settingsOfFile } from './file.js';
import { type Layer, nearestOf, type Setting, type Values } from './layers.js';
import { rowOf, settingsOnResume, variableOf } from './names.js';

/** The command line, the environment and the file together. */
export interface Settings {
  /** Values for the parser that are not from the command line. */
  values: Values;
  /** Every option that has a value, with its source, in the order of the command's options. */
  all: Setting[];
  /** One line that names what is used from the environment and the file; undefined: nothing. */
  told: string | undefined;
  /** Warnings for variables that no option reads. */
  warnings: string[];
}

/** What is known before the environment and the file are read. */
export interface Asked {
  /** Options of the command that the environment and the file may set. */
  names: readonly string[];
  /** All options of the command. */
  options: Record<string, Options>;
  /** The values on the command line. */
  flags: Values;
  /** `--config` */
  config: string | undefined;
  env: NodeJS.ProcessEnv;
}

/**
 * The options of a command from all sources: a flag wins over the environment, the environment over the file.
 *
 * A resumed run keeps the options with which it was started. From the environment and the file it reads only
 * options of display and time limits, and a URL with a password, which no run folder stores. With a host
 * file, the environment and the file are not read.
 *
 * @throws AssayError for a file or a variable that is wrong
 */
export async function settingsOf({ names, options, flags, config, env }: Asked): Promise<Settings> {
  const file = await settingsOfFile(config ?? (env['ASSAY_CONFIG'] || undefined));
  const isResumed = flags['resume'] !== undefined;
  const isOfHostFile = flags['file'] !== undefined;
  const isWanted = (name: string, value: unknown) =>
    !isOfHostFile &&
    (!isResumed || settingsOnResume.has(name) || (rowOf(name).isUrl && holdsPassword(value)));
  const layers: Layer[] = [
    { nameOf: (name) => `--${name}`, values: pick(flags, names) },
    { nameOf: variableOf, values: keep(await settingsOfEnvironment(names, env), isWanted) },
    { nameOf: () => file?.path ?? '', values: keep(pick(file?.values ?? {}, names), isWanted) },
    { nameOf: () => 'default', values: defaultsOf(names, options) },
  ];
  const found = nearestOf(layers);
  const elsewhere = found.filter(({ name, from }) => from !== `--${name}` && from !== 'default');
  return {
    // The variables of `--node`, including the guide's, are read where the option is used.
    values: Object.fromEntries(
      elsewhere
        .filter(({ name, from }) => name !== 'node' || from !== variableOf(name))
        .map(({ name, value }) => [name, options[name]?.array === true ? [value].flat() : value]),
    ),
    all: names.flatMap((name) => found.find((setting) => setting.name === name) ?? []),
    told: tell(elsewhere),
    warnings: misspelt(env),
  };
}

function tell(elsewhere: Setting[]): string | undefined {
  if (elsewhere.length === 0) return undefined;
  const byPlace = groupBy(elsewhere, ({ name, from }) =>
    from === variableOf(name) ? 'the environment' : from,
  );
  const parts = [...byPlace].map(
    ([place, group]) => `${group.map(({ name }) => name).join(', ')} from ${place}`,
  );
  return `settings: ${parts.join('; ')}`;
}

function pick(values: Values, names: readonly string[]): Values {
  return keep(values, (name) => names.includes(name));
}

function keep(values: Values, isWanted: (name: string, value: unknown) => boolean): Values {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => isWanted(name, value)));
}

function defaultsOf(names: readonly string[], options: Record<string, Options>): Values {
  return Object.fromEntries(
    names.flatMap((name) => {
      const standard = options[name]?.default as unknown;
      return standard === undefined ? [] : [[name, standard]];
    }),
  );
}

function holdsPassword(value: unknown): boolean {
  return [value].flat().some((text) => typeof text === 'string' && hasCredentials(text));
}
