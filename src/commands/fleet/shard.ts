import { UsageError } from '../../errors.js';
import type { Shard } from '../../fleet/model.js';
import { defineCommand } from '../command.js';
import { fleetSettings } from '../settings/names.js';
import { optionGroups } from '../validate/flags.js';
import { fleetFlags } from './flags.js';

export const command = defineCommand({
  usage: '<part> <fleet>',
  description:
    'Validates one part of a fleet: CI jobs can share a fleet without a queue. Part I of N has every N-th node. `assay report merge` makes one report from the parts.',
  positionals: {
    part: { type: 'string', demandOption: true, description: 'I/N, from 1/N to N/N' },
    fleet: { type: 'string', demandOption: true, description: 'the fleet file (YAML)' },
  },
  options: fleetFlags,
  settings: fleetSettings,
  groups: optionGroups,
  examples: [
    ['assay fleet shard 1/4 fleet.yaml --out shard-1', 'the first of four CI jobs'],
    ['assay report merge shard-1 shard-2 shard-3 shard-4 --out fleet', 'afterwards: one report'],
  ],
  async run(args, context) {
    const [{ fleetRequestOf }, { validateFleet }] = await Promise.all([
      import('./inputs.js'),
      import('./run.js'),
    ]);
    const shard = parseShard(args.part);
    const request = await fleetRequestOf(args.fleet, args, shard);
    if (request.nodes.length === 0) {
      throw new UsageError(`shard ${args.part} of ${args.fleet} has no node`, {
        advice: 'the fleet has fewer nodes than shards',
      });
    }
    const command = ['assay', 'fleet', 'shard', args.part, args.fleet];
    return validateFleet(request, { ...args, command }, context);
  },
});

function parseShard(text: string): Shard {
  const [, index, of] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (index !== undefined && of !== undefined && index >= 1 && index <= of) return { index, of };
  throw new UsageError(`"${text}" is no part of a fleet`, { advice: 'write it like 1/4, from 1/4 to 4/4' });
}
