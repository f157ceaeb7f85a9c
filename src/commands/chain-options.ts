import type { LookUpOptions } from '../chain/look-up.js';
import { nodeOption } from '../chain/node-url.js';
import { RULE_SETS } from '../chain/rules/costs.js';
import { UsageError } from '../errors.js';

export const modelOption = {
  type: 'string',
  demandOption: true,
  requiresArg: true,
  description: 'the model of the bootstrap, for example moonshotai/Kimi-K2.6',
} as const;

/** Options of every command that reads the chain. */
export const chainOptions = {
  node: { ...nodeOption, requiresArg: true },
  json: { type: 'boolean', description: 'print JSON' },
} as const;

export const rulesOption = {
  type: 'string',
  choices: ['auto', ...RULE_SETS] as const,
  default: 'auto' as const,
  description: 'rules for computing costs; auto: by the chain version',
} as const;

/** Options for looking up participants. */
export const lookUpFlags = {
  concurrency: { type: 'number', default: 4, description: 'look-ups at the same time' },
  'delay-ms': { type: 'number', description: 'fixed time between two look-ups (default: adapts)' },
  'max-wait': { type: 'number', default: 1800, description: 'seconds until missing ones are given up' },
} as const;

/** The values of the look-up flags, checked. */
export function lookUpSettings(args: {
  concurrency: number;
  'delay-ms': number | undefined;
  'max-wait': number;
}): Pick<LookUpOptions, 'concurrency' | 'delayMs' | 'maxWaitMs'> {
  const { concurrency, 'delay-ms': delayMs, 'max-wait': maxWait } = args;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 64)
    throw new UsageError(`--concurrency must be a whole number from 1 to 64, not ${concurrency}`);
  if (delayMs !== undefined && !(delayMs >= 0 && delayMs <= 60_000))
    throw new UsageError(`--delay-ms must be from 0 to 60000, not ${delayMs}`);
  if (!(maxWait > 0 && maxWait <= 86_400))
    throw new UsageError(`--max-wait must be from 1 to 86400 seconds, not ${maxWait}`);
  return { concurrency, maxWaitMs: maxWait * 1000, ...(delayMs !== undefined && { delayMs }) };
}

/** Reads a height or an epoch from the command line. */
export function requireWholeNumber(flag: string, value: number | undefined): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw new UsageError(`${flag} must be a whole number, not ${value}`);
}
