import { defineCommand } from './command.js';
import { fleetFlags } from './fleet-flags.js';

export const command = defineCommand({
  usage: '<fleet>',
  description:
    'Validates every node of a fleet file: so many at a time over all and at each site, a run folder for each node, and one report for the fleet (fleet_report.json, .txt, .html, .junit.xml). The exit code is the worst of the nodes’.',
  positionals: {
    fleet: { type: 'string', demandOption: true, description: 'the fleet file (YAML)' },
  },
  options: fleetFlags,
  examples: [
    ['assay fleet validate fleet.yaml', 'all nodes of the file, into fleets/NAME_TIME'],
    ['assay fleet validate fleet.yaml --skip-throughput --out fleets/today', 'probe only, into this folder'],
    [
      'assay fleet validate fleet.yaml --skip-throughput --resume fleets/today',
      'after a kill: what is unfinished',
    ],
  ],
  async run(args, context) {
    const [{ fleetRequestOf }, { validateFleet }] = await Promise.all([
      import('./fleet-inputs.js'),
      import('./fleet-run.js'),
    ]);
    return validateFleet(await fleetRequestOf(args.fleet, args), args, context);
  },
});
