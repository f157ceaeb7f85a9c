import { numberFlag, textFlag } from '../flags.js';
import { fleetFlags } from '../fleet/flags.js';
import { ofOutput } from '../validate/flags.js';

const { out: _out, resume: _resume, json: _json, ...shared } = fleetFlags;

/** Every flag of `assay watch`. */
export const watchFlags = {
  ...shared,
  every: textFlag('time between the starts of two rounds: 90s, 30m, 1h', { default: '1h' }),
  'throughput-every': textFlag(
    'measure the throughput of each node this often, for example 24h (default: never, since it loads the node)',
  ),
  'reference-every': textFlag(
    'with --challenge: ask each node for the nonces of the reference so often, as 24h, to compare it with itself',
  ),
  'poc-margin': numberFlag('poc-margin', 'blocks that must remain before the next PoC', {
    min: 0,
    integer: true,
    default: 500,
  }),
  address: textFlag('address of the host: no validation starts while a PoC challenge is open on it'),
  'any-phase': { type: 'boolean', description: 'validate in any phase, without asking a network node' },
  ...ofOutput({
    out: textFlag('folder of the runs (default: watch/NAME)'),
    keep: numberFlag('keep', 'runs kept for each node', { min: 1, integer: true, default: 500 }),
  } as const),
} as const;
