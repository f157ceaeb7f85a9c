import yargs, { type Options } from 'yargs';
import { OPTION_GROUPS } from '../../run/options.js';
import { jsonText } from '../../text/json.js';
import type { Command } from '../command.js';

/** What every command takes that has options from elsewhere, too. */
export const settingsOptions = {
  config: {
    type: 'string',
    requiresArg: true,
    group: OPTION_GROUPS.output,
    description:
      'file of options (default: assay.yaml, where there is one; env ASSAY_CONFIG); the environment gives them as ASSAY_MODEL and so on',
  },
  'print-config': {
    type: 'boolean',
    group: OPTION_GROUPS.output,
    description: 'print every option with where it is from, and do nothing else',
  },
} as const;

/** Options that a command gets from elsewhere than its command line. */
export interface FoundSettings {
  /** For the parser. */
  values: Record<string, unknown>;
  /** Variables that nobody reads. */
  warnings: string[];
  /** These, and what is used from elsewhere. */
  lines: string[];
  /** Every option with where it is from. */
  print(asJson: boolean): string;
}

/**
 * Options of the environment and the settings file, for a command that takes them from there.
 *
 * @param words of the command line, behind the command's own
 * @param options all that the command takes
 * @throws AssayError for a file or a variable that is wrong
 */
export async function settingsFor(
  { settings: names }: Command,
  words: string[],
  options: Record<string, Options>,
): Promise<FoundSettings | undefined> {
  if (names === undefined) return undefined;
  // Not loaded by commands that have none.
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

/** What the command line itself gives, without defaults; what is wrong with it is told by the real parser. */
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
