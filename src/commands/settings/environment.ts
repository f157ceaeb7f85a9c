import { UsageError } from '../../errors.js';
import { accept } from '../../schemas/accept.js';
import { nearest } from '../../text/nearest.js';
import type { Values } from './layers.js';
import { everySetting, rowOf, variableOf } from './names.js';

/** Variables of other options, and of the scripts in `examples/`. */
const OTHERS = new Set([
  'ASSAY_CATALOG',
  'ASSAY_CONFIG',
  'ASSAY_LANG',
  'ASSAY_PACKAGE',
  'ASSAY_PROGRESS',
  'ASSAY_QUEUE',
  'ASSAY_QUEUE_PASSWORD',
  'ASSAY_SITE',
]);

const YES = ['true', '1', 'yes'];
const NO = ['false', '0', 'no'];

/**
 * The options that the environment sets. An empty variable sets none, since CI systems set empty ones.
 *
 * @throws UsageError for a value that the option does not take, AssayError for one out of its range
 */
export async function settingsOfEnvironment(
  names: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Values> {
  const found: Values = {};
  for (const name of names) {
    const variable = variableOf(name);
    const text = env[variable];
    if (text === undefined || text === '') continue;
    const value = readValue(name, text);
    const { default: validateSettings } = await import('../../schemas/generated/assay.js');
    accept(validateSettings, { [name]: value }, variable);
    found[name] = value;
  }
  return found;
}

/** A line for each `ASSAY_…` variable that is probably a misspelling of another one. */
export function misspelt(env: NodeJS.ProcessEnv): string[] {
  const known = [...everySetting.map(variableOf), ...OTHERS];
  return Object.keys(env)
    .filter((name) => name.startsWith('ASSAY_') && !known.includes(name))
    .flatMap((name) => {
      const meant = nearest(
        name.slice('ASSAY_'.length),
        known.map((each) => each.slice('ASSAY_'.length)),
      );
      return meant === undefined ? [] : `${name} is no setting; did you mean ASSAY_${meant}?`;
    });
}

/** A text as the option reads it; a list has one entry per line. */
function readValue(name: string, text: string): unknown {
  const { type } = rowOf(name);
  if (type === 'texts' || name === 'reach') return text.split('\n').flatMap((line) => line.trim() || []);
  if (type === 'number') {
    const number = Number(text);
    if (Number.isFinite(number)) return number;
    throw new UsageError(`${variableOf(name)} must be a number`);
  }
  if (type !== 'switch') return text;
  if (YES.includes(text.toLowerCase())) return true;
  if (NO.includes(text.toLowerCase())) return false;
  throw new UsageError(`${variableOf(name)} must be true or false`);
}
