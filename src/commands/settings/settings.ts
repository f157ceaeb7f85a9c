import type { Options } from 'yargs';
import { hasCredentials } from '../../http/credentials.js';
import { groupBy } from '../../text/group-by.js';
import { misspelt, settingsOfEnvironment } from './environment.js';
import { settingsOfFile } from './file.js';
import { type Layer, nearestOf, type Setting, type Values } from './layers.js';
import { rowOf, settingsOnResume, variableOf } from './names.js';

/** What the command line, the environment and the file say together. */
export interface Settings {
  /** What the parser takes from elsewhere than the command line. */
  values: Values;
  /** Every option that has a value, with where it is from, in the order of the command's options. */
  all: Setting[];
  /** One line that says what is used from elsewhere; undefined: nothing. */
  told: string | undefined;
  /** Lines for variables that nobody reads. */
  warnings: string[];
}

/** What is known before anything is looked up. */
export interface Asked {
  /** Options of the command that can be had from elsewhere. */
  names: readonly string[];
  /** All that the command takes. */
  options: Record<string, Options>;
  /** What was written on the command line. */
  flags: Values;
  /** `--config` */
  config: string | undefined;
  env: NodeJS.ProcessEnv;
}

/**
 * The options of a command from everywhere: a flag goes before the environment, and that before the file.
 *
 * A resumed run has the options that it was started with: only what is shown and how long it may take is read from
 * elsewhere, and a URL with a password, which no run folder keeps. A host file says all of them itself.
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
    { nameOf: variableOf, values: keep(settingsOfEnvironment(names, env), isWanted) },
    { nameOf: () => file?.path ?? '', values: keep(pick(file?.values ?? {}, names), isWanted) },
    { nameOf: () => 'default', values: defaultsOf(names, options) },
  ];
  const found = nearestOf(layers);
  const elsewhere = found.filter(({ name, from }) => from !== `--${name}` && from !== 'default');
  return {
    // `--node` has its variables looked up where it is used, the one of the guide among them.
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
