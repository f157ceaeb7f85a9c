import type { Options } from 'yargs';
import { CATALOG_VARIABLE } from '../files/catalog.js';
import { languages } from '../text/language.js';
import type { Command } from './command.js';
import { textFlag } from './flags.js';
import { settingsOptions } from './settings/for-command.js';

/** Options of every command. */
export const globalOptions = {
  catalog: textFlag(
    `folder with your own references, models and deploy configs, searched first (env ${CATALOG_VARIABLE})`,
  ),
  proxy: {
    type: 'boolean',
    default: true,
    description: 'use HTTP_PROXY, HTTPS_PROXY and NO_PROXY for the network node; --no-proxy does not',
  },
  progress: {
    choices: ['text', 'json'],
    default: 'text',
    description: 'what stderr has: lines for people, or a JSON event on each line (env ASSAY_PROGRESS)',
  },
  output: {
    alias: 'o',
    choices: ['fitting', 'wide'],
    default: 'fitting',
    description: 'tables on a terminal: what fits into its width, or every column',
  },
  lang: {
    choices: languages,
    description: 'language of help, messages and pages (env ASSAY_LANG, else LANG)',
  },
  verbose: { type: 'boolean', description: 'stack traces with errors' },
} as const;

/** All options that a command line of the command may have. */
export function optionsOf({ options, settings }: Command): Record<string, Options> {
  return { ...options, ...(settings !== undefined && settingsOptions), ...globalOptions };
}
