import { defineCommand } from '../command.js';
import { fleetSettings } from '../settings/names.js';
import { optionGroups } from '../validate/flags.js';
import { watchFlags } from './flags.js';

export const command = defineCommand({
  usage: '<fleet>',
  description:
    'Validates the nodes of a fleet file one after the other, in rounds, only in phase Inference and not shortly before a PoC. It keeps the runs and serves Prometheus metrics. A signal ends it, with exit 0.',
  positionals: {
    fleet: { type: 'string', demandOption: true, description: 'the fleet file (YAML)' },
  },
  options: watchFlags,
  // A round has its own margin, and the watch itself decides how often throughput is measured.
  settings: fleetSettings.filter((name) => name in watchFlags && name !== 'poc-margin'),
  groups: optionGroups,
  examples: [
    [
      'assay watch fleet.yaml --node http://10.0.0.10:8000 --every 1h --metrics 127.0.0.1:9464',
      'every hour, outside of PoC, with metrics',
    ],
    ['assay watch fleet.yaml --any-phase --every 30m --skip-throughput', 'nodes that are not on the network'],
    ['assay history watch/NAME', 'its results so far; NAME is the `name` of the fleet file, or else fleet'],
  ],
  async run(args, context) {
    const { watchFleet } = await import('./run.js');
    return watchFleet(args, context);
  },
});
