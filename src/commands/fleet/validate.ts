import { findNodeUrl } from '../../chain/node-url.js';
import { defineCommand } from '../command.js';
import { numberFlag } from '../flags.js';
import { fleetSettings } from '../settings/names.js';
import { optionGroups } from '../validate/flags.js';
import { fleetFlags, queueAddressOf, queueFlags, queueWords } from './flags.js';

export const command = defineCommand({
  usage: '<fleet>',
  description:
    'Validates every node of a fleet file, several at a time, with one run folder for each node and one report for the fleet (fleet_report.json, .txt, .html, .junit.xml). The exit code is that of the worst node.',
  positionals: {
    fleet: { type: 'string', demandOption: true, description: 'the fleet file (YAML)' },
  },
  options: {
    ...fleetFlags,
    ...queueFlags,
    'worker-wait': numberFlag('worker-wait', 'with --queue: seconds to wait for a site without a worker', {
      min: 0,
      max: 1e6,
      default: 600,
    }),
    'queue-outage': numberFlag(
      'queue-outage',
      'with --queue: seconds to wait while the queue is not reachable',
      {
        min: 0,
        max: 1e6,
        default: 600,
      },
    ),
  },
  settings: fleetSettings,
  groups: optionGroups,
  examples: [
    ['assay fleet validate fleet.yaml', 'all nodes of the file, into fleets/NAME_TIME'],
    ['assay fleet validate fleet.yaml --skip-throughput --out fleets/today', 'probe only, into this folder'],
    ['assay fleet validate fleet.yaml --resume fleets/today', 'after a kill: the unfinished nodes'],
  ],
  async run(args, context) {
    const [{ fleetRequestOf }, { validateFleet }] = await Promise.all([
      import('./inputs.js'),
      import('./run.js'),
    ]);
    const request = await fleetRequestOf(args.fleet, args);
    const command = ['assay', 'fleet', 'validate', args.fleet, ...queueWords(args)];
    if (args.queue === undefined && (process.env['ASSAY_QUEUE'] ?? '') === '') {
      return validateFleet(request, { ...args, command }, context);
    }
    const redis = await queueAddressOf(args);
    const { runOverQueue } = await import('../../fleet/queue/run-over-queue.js');
    return validateFleet(
      request,
      { ...args, command },
      context,
      ({ nodes, validations }, folder, { view, onResult }, { terminal, signal }) =>
        runOverQueue(
          {
            redis,
            nodes,
            validations,
            networkNode:
              args.force === 'phase' || args.network === false ? undefined : findNodeUrl(args.node),
            workerWaitSeconds: args.workerWait,
            outageSeconds: args.queueOutage,
          },
          folder,
          {
            onResult,
            onWork: (id, work) => view.state.worked(id, work, Date.now()),
            say: (text) => terminal.say(text),
            signal,
          },
        ),
    );
  },
});
