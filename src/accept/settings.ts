import { isDeepStrictEqual } from 'node:util';
import { AssayError, UsageError } from '../errors.js';
import { shownUrl } from '../http/credentials.js';
import { parseBaseUrl } from '../http/url.js';
import { type AcceptOptions, DEFAULTS, type ResumeOptions } from './options.js';

/** A setting, as the journal stores it. Passwords in URLs are masked. */
type Value = string | number | boolean | string[];

/** The options with which a run was started, by flag. */
export type Settings = { [flag in Flag]?: Value };

interface Setting {
  option: keyof AcceptOptions;
  /** `kept`: it changes what is measured, so another value is refused; `free`: it may change on resume. */
  resume: 'kept' | 'free';
  isUrl?: true;
}

/**
 * By flag. The rule of every `--resume`: a flag that is given again must have the same value; a flag that is
 * not given keeps its value.
 */
const SETTINGS = {
  'mlnode-url': { option: 'mlnodeUrl', resume: 'kept', isUrl: true },
  model: { option: 'model', resume: 'kept' },
  'node-config': { option: 'startArgs', resume: 'kept' },
  'deploy-args-from-reference': { option: 'startArgsFromReference', resume: 'kept' },
  reference: { option: 'reference', resume: 'kept' },
  peer: { option: 'peers', resume: 'kept', isUrl: true },
  'inference-url': { option: 'inferenceUrl', resume: 'kept', isUrl: true },
  'expect-replicas': { option: 'expectReplicas', resume: 'kept' },
  cycles: { option: 'cycles', resume: 'kept' },
  'measure-seconds': { option: 'measureSeconds', resume: 'kept' },
  'warmup-seconds': { option: 'warmupSeconds', resume: 'kept' },
  'deploy-timeout': { option: 'startSeconds', resume: 'free' },
  'chat-timeout': { option: 'chatSeconds', resume: 'free' },
  only: { option: 'only', resume: 'free' },
  skip: { option: 'skip', resume: 'free' },
} as const satisfies Record<string, Setting>;

type Flag = keyof typeof SETTINGS;

const settings = Object.entries(SETTINGS) as [Flag, Setting][];

/** The options that a new run stores. */
export function settingsOf(options: AcceptOptions): Settings {
  const all = { ...DEFAULTS, ...options };
  return Object.fromEntries(
    settings.flatMap(([flag, { option, isUrl }]) => {
      const value = all[option];
      return value === undefined ? [] : [[flag, keptValue(value, flag, isUrl === true)]];
    }),
  );
}

/**
 * The options of a resumed run: those with which it was started, and those given now.
 *
 * @throws UsageError for an option that differs from the run's and would change what it measures
 */
export function resumedOptions(given: ResumeOptions, before: Settings): AcceptOptions {
  const folder = given.resume;
  const taken = settings.flatMap(([flag, { option, resume, isUrl }]) => {
    const [own, recorded] = [given[option], before[flag]];
    if (own === undefined) {
      if (isUrl) requirePassword(flag, recorded, folder);
      return recorded === undefined ? [] : [[option, recorded]];
    }
    if (resume === 'kept' && !isDeepStrictEqual(keptValue(own, flag, isUrl === true), recorded)) {
      throw new UsageError(`--${flag} differs from the run in ${folder}`, {
        advice: 'give --resume without it, or start a new run',
      });
    }
    return [];
  });
  const options = { ...Object.fromEntries(taken), ...given } as Partial<AcceptOptions>;
  if (options.mlnodeUrl !== undefined && options.model !== undefined) return options as AcceptOptions;
  throw new AssayError(`the run in ${folder} does not say which node and model it is of`, {
    advice: 'start a new run',
  });
}

/** A reference that was given as an object is stored by its path; its hash is compared separately. */
function keptValue(
  value: NonNullable<AcceptOptions[keyof AcceptOptions]>,
  flag: Flag,
  isUrl: boolean,
): Value {
  if (typeof value === 'object' && !Array.isArray(value)) return value.path;
  if (!isUrl) return value;
  const shown = (url: string) => shownUrl(parseBaseUrl(url, `--${flag}`));
  return Array.isArray(value) ? value.map(shown) : shown(String(value));
}

/** A run folder stores no passwords, so a URL that had one must be given again. */
function requirePassword(flag: Flag, recorded: Value | undefined, folder: string): void {
  const hidden = [recorded].flat().find((url) => typeof url === 'string' && url.includes('***@'));
  if (hidden === undefined) return;
  throw new UsageError(`the run in ${folder} had a password for ${hidden}, which is not saved`, {
    advice: `give --${flag} with it again`,
  });
}
