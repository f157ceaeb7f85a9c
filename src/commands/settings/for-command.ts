import yargs, { type Options } from 'yargs';
import { OPTION_GROUPS } from '../../run/options.js';
import { jsonText } from '../../text/json.js';
import type { Command } from '../command.js';
import { textFlag } from '../flags.js';

/** Options of every command that also reads options from the environment and the settings file. */
export const settingsOptions = {
  config: textFlag(
    'file of options (default: assay.yaml, where there is one; env ASSAY_CONFIG); the environment gives them as ASSAY_MODEL and so on',
    { group: OPTION_GROUPS.output },
  ),
  'print-config': {
    type: 'boolean',
    group: OPTION_GROUPS.output,
    description: 'print every option with where it is from, and do nothing else',
  },
} as const;

/** Options of a command that are not from its command line. */
export interface FoundSettings {
  /** For the parser. */
  values: Record<string, unknown>;
  /** Warnings for variables that no option reads. */
  warnings: string[];
  /** The warnings, and what is used from the environment and the file. */
  lines: string[];
  /** Every option with its source. */
  print(asJson: boolean): string;
}

/**
 * Options from the environment and the settings file, for a command that reads them.
 *
 * @param words of the command line, after the command's own
 * @param options all options of the command
 * @throws AssayError for a file or a variable that is wrong
 */
export async function settingsFor(
  { settings: names }: Command,
  words: string[],
  options: Record<string, Options>,
): Promise<FoundSettings | undefined> {
  if (names === undefined) return undefined;
  // Commands without settings do not load these modules.
  const [{ settingsOf }, { settingsText, settingsJson }] = await Promise.all([
    import('./settings.js'),
    import('./print.js'),
  ]);
  const values = givenOn(words, options);
  const config = typeof values['config'] === 'string' ? values['config'] : undefined;
  const found = await settingsOf({ names, options, flags: values, config, env: process.env });
  return {
    values: found.values,
    warnings: found.warnings,
    lines: [...found.warnings, ...(found.told === undefined ? [] : [found.told])],
    print: (asJson) => (asJson ? jsonText(settingsJson(found.all)) : settingsText(found.all)),
  };
}

/** The values on the command line, without defaults; the real parser reports errors in it. */
function givenOn(words: string[], options: Record<string, Options>): Record<string, unknown> {
  const bare = Object.entries(options).map(([name, { type, array, nargs, alias }]): [string, Options] => [
    name,
    { ...(type && { type }), ...(array && { array }), ...(nargs && { nargs }), ...(alias && { alias }) },
  ]);
  const parsed: Record<string, unknown> = yargs()
    .version(false)
    .help(false)
    .exitProcess(false)
    .parserConfiguration({ 'camel-case-expansion': false, 'nargs-eats-options': true })
    .options(Object.fromEntries(bare))
    .fail(() => {})
    .parseSync(words);
  return Object.fromEntries(
    bare.flatMap(([name]) => (parsed[name] === undefined ? [] : [[name, parsed[name]]])),
  );
}
