import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AssayError, UsageError } from '../../errors.js';
import { shownUrl } from '../../http/credentials.js';
import { parseBaseUrl } from '../../http/url.js';
import { keyOf, validateOptions } from '../../run/options.js';
import { readConfig } from '../../run/read.js';
import { CHALLENGE_FILE } from '../../validate/challenge.js';
import { SECOND_FILE } from '../../validate/second-reference.js';
import { everySetting } from '../settings/names.js';
import { masked, type ValidateFlagValues } from './inputs.js';

/**
 * The flags of an unfinished run, as its folder recorded them, so that `--resume` needs no other.
 *
 * @throws UsageError for a flag that differs from the run's and would change what it measures
 */
export async function flagsOfRun(args: ValidateFlagValues, folder: string): Promise<ValidateFlagValues> {
  const { options, model, mlnode_url, node_id } = await readConfig(folder);
  if (options['model'] !== model) {
    throw new AssayError(`run ${folder} was not made by \`assay validate\``, {
      advice: 'start a new run',
    });
  }
  const recorded = { ...options, nodeId: node_id ?? undefined };
  const flags: Record<string, unknown> = { ...asRecorded(args, recorded, { folder, names: everySetting }) };
  if (args.expDir !== undefined && resolve(args.expDir) !== resolve(folder)) {
    throw new UsageError(`--exp-dir is not the folder of the run in ${folder}`, {
      advice: 'leave it out: the run continues in its own folder',
    });
  }
  delete flags['expDir'];
  if (flags['nodeConfig'] === undefined) flags['mlnodeUrl'] = urlOf(args.mlnodeUrl, mlnode_url, folder);
  return flags as ValidateFlagValues;
}

/**
 * The options that a run recorded, with those of the command line that may change on resume.
 *
 * @param recorded by their keys, without passwords
 * @param run its folder, and which options it has
 * @throws UsageError for a flag that differs from the run's and would change what it measures
 */
export function asRecorded<Args>(
  args: Args,
  recorded: Record<string, unknown>,
  { folder, names }: { folder: string; names: readonly string[] },
): Args {
  const given = args as Record<string, unknown>;
  const flags = { ...given };
  for (const [name, { resume, default: standard, isUrl }] of validateOptions) {
    if (resume === 'apart' || !names.includes(name)) continue;
    const key = keyOf(name);
    const isGiven = given[key] !== undefined && given[key] !== standard;
    if (isGiven && resume === 'free') continue;
    if (isGiven && JSON.stringify(masked(given[key])) !== JSON.stringify(recorded[key])) {
      throw new UsageError(`--${name} differs from the run in ${folder}`, {
        advice: 'give --resume without it, or start a new run',
      });
    }
    if (isUrl && !isGiven && !isAskedAlready(name, folder)) requirePassword(name, recorded[key], folder);
    // A run of an older version did not record newer options.
    flags[key] = isGiven ? given[key] : (recorded[key] ?? standard);
  }
  return flags as Args;
}

/** The trusted node is not asked again once its vectors are in the run's folder. */
function isAskedAlready(name: string, folder: string): boolean {
  return (
    name === 'trusted-url' && [CHALLENGE_FILE, SECOND_FILE].some((file) => existsSync(join(folder, file)))
  );
}

/**
 * A run folder stores no passwords, so a URL that had one must be given again.
 *
 * @param recorded one URL or several, as the run's folder has them
 */
function requirePassword(name: string, recorded: unknown, folder: string): void {
  const hidden = [recorded].flat().find((url) => typeof url === 'string' && url.includes('***@'));
  if (hidden === undefined) return;
  throw new UsageError(`the run in ${folder} had a password for ${hidden}, which is not saved`, {
    advice: `give --${name} with it again`,
  });
}

/** The URL that is given now, if it is of the same node. */
function urlOf(given: string | undefined, recorded: string, folder: string): string {
  if (given === undefined) {
    requirePassword('mlnode-url', recorded, folder);
    return recorded;
  }
  if (shownUrl(parseBaseUrl(given, '--mlnode-url')) === recorded) return given;
  throw new UsageError(`--mlnode-url differs from the run in ${folder}, which is of ${recorded}`);
}
