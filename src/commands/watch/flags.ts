import { numberFlag, textFlag } from '../flags.js';
import { fleetFlags } from '../fleet/flags.js';
import { ofOutput } from '../validate/flags.js';

const { out: _out, resume: _resume, json: _json, ...shared } = fleetFlags;

/** Every flag of `assay watch`. */
export const watchFlags = {
  ...shared,
  every: textFlag('every', 'from the start of a round to the next, as 90s, 30m or 1h', { default: '1h' }),
  'throughput-every': textFlag(
    'throughput-every',
    'measure the throughput of each node so often, as 24h (default: never, since it is load)',
  ),
  'reference-every': textFlag(
    'reference-every',
    'with --challenge: ask each node for the nonces of the reference so often, as 24h, to compare it with itself',
  ),
  'poc-margin': numberFlag('poc-margin', 'blocks that must be left until the next PoC', {
    min: 0,
    integer: true,
    default: 500,
  }),
  address: textFlag('address', 'of the host: while a PoC challenge is open on it no node is started'),
  'any-phase': { type: 'boolean', description: 'validate whatever the phase; no network node is asked' },
  ...ofOutput({
    out: textFlag('out', 'folder of the runs (default: watch/NAME)'),
    keep: numberFlag('keep', 'runs kept for each node', { min: 1, integer: true, default: 500 }),
  } as const),
} as const;
