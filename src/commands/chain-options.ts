import type { LookUpOptions } from '../chain/look-up.js';
import { nodeOption } from '../chain/node-url.js';
import { RULE_SETS } from '../chain/rules/costs.js';
import { numberFlag, textFlag } from './flags.js';

export const modelOption = textFlag('the model of the bootstrap, for example moonshotai/Kimi-K2.6', {
  demandOption: true,
});

/** Options of every command that reads the chain. */
export const chainOptions = {
  node: nodeOption,
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
  concurrency: numberFlag('concurrency', 'look-ups at the same time', {
    min: 1,
    max: 64,
    integer: true,
    default: 4,
  }),
  'delay-ms': numberFlag('delay-ms', 'fixed time between two look-ups (default: adapts)', {
    min: 0,
    max: 60_000,
  }),
  'max-wait': numberFlag('max-wait', 'seconds until missing ones are given up', {
    above: 0,
    max: 86_400,
    default: 1800,
  }),
} as const;

/** The values of the look-up flags. */
export function lookUpSettings(args: {
  concurrency: number;
  'delay-ms': number | undefined;
  'max-wait': number;
}): Pick<LookUpOptions, 'concurrency' | 'delayMs' | 'maxWaitMs'> {
  const { concurrency, 'delay-ms': delayMs, 'max-wait': maxWait } = args;
  return { concurrency, maxWaitMs: maxWait * 1000, ...(delayMs !== undefined && { delayMs }) };
}
