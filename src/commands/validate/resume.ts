import { resolve } from 'node:path';
import { AssayError, UsageError } from '../../errors.js';
import { maskSecrets } from '../../http/mask.js';
import { parseBaseUrl } from '../../http/url.js';
import { readConfig } from '../../run/read.js';
import { validateFlags } from './flags.js';
import type { ValidateFlagValues } from './inputs.js';

/** Flags that a resumed run may be given anew: they change how long it goes on, and not what it measures. */
const FREE = new Set([
  'wait-ready',
  'stop-foreign',
  'download-timeout',
  'deploy-timeout',
  'skip-throughput',
  'validation-timeout',
]);
/** Of this part of the run alone, or looked at by themselves. */
const OWN = new Set(['resume', 'timeout', 'exp-dir', 'mlnode-url']);

/**
 * The flags of an unfinished run, as its folder recorded them, so that `--resume` needs no other.
 *
 * @throws UsageError for a flag that says something else than the run's, and would change what it measures
 */
export async function flagsOfRun(args: ValidateFlagValues, folder: string): Promise<ValidateFlagValues> {
  const { options, model, mlnode_url, node_id } = await readConfig(folder);
  if (options['model'] !== model) {
    throw new AssayError(`run ${folder} was not made by \`assay validate\``, {
      advice: 'start a new run',
    });
  }
  const given = args as Record<string, unknown>;
  const flags: Record<string, unknown> = { ...args };
  for (const [name, flag] of Object.entries(validateFlags)) {
    const key = camelCase(name);
    if (OWN.has(name)) continue;
    const recorded = name === 'node-id' ? (node_id ?? undefined) : options[key];
    const isGiven = given[key] !== undefined && given[key] !== ('default' in flag ? flag.default : undefined);
    if (isGiven && FREE.has(name)) continue;
    if (isGiven && JSON.stringify(given[key]) !== JSON.stringify(recorded)) {
      throw new UsageError(`--${name} differs from the run in ${folder}`, {
        advice: 'give --resume without it, or start a new run',
      });
    }
    flags[key] = recorded;
  }
  if (args.expDir !== undefined && resolve(args.expDir) !== resolve(folder)) {
    throw new UsageError(`--exp-dir names another folder than the run in ${folder}`, {
      advice: 'give --resume without it: the run goes on where it is',
    });
  }
  delete flags['expDir'];
  if (flags['nodeConfig'] === undefined) flags['mlnodeUrl'] = urlOf(args.mlnodeUrl, mlnode_url, folder);
  return flags as ValidateFlagValues;
}

/** A run folder holds no passwords, so a URL that had one must be given again. */
function urlOf(given: string | undefined, recorded: string, folder: string): string {
  if (given === undefined && maskSecrets(recorded) === recorded && !recorded.includes('***@'))
    return recorded;
  if (given === undefined) {
    throw new UsageError(`the run in ${folder} was given a password for ${recorded}, which is not kept`, {
      advice: 'give --mlnode-url with it again',
    });
  }
  if (maskSecrets(parseBaseUrl(given, '--mlnode-url')) === recorded) return given;
  throw new UsageError(`--mlnode-url differs from the run in ${folder}, which is of ${recorded}`);
}

function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
