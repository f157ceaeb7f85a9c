import { defineCommand } from '../command.js';
import { numberFlag, textFlag } from '../flags.js';

export const command = defineCommand({
  description:
    'Starts a simulated node with two replicas on a free loopback port, runs every phase of a validation, prints the result and stops the node.',
  options: {
    profile: textFlag(
      'profile of the replicas: one for all, or one for each, separated by commas (default: honest)',
    ),
    model: textFlag('the model served and validated (default: moonshotai/Kimi-K2.6)'),
    replicas: numberFlag('replicas', 'how many replicas', { min: 1, max: 16, integer: true, default: 2 }),
    'batch-time-ms': numberFlag('batch-time-ms', 'time of a batch on a replica', {
      min: 1,
      max: 60_000,
      default: 100,
    }),
    strict: { type: 'boolean', description: 'warnings about the node turn into FAIL' },
    'exp-dir': textFlag('folder of the run (default: runs/demo_TIME)'),
    json: { type: 'boolean', description: 'print the report as JSON on stdout' },
    quiet: { type: 'boolean', description: 'no progress on stderr' },
  },
  examples: [
    ['assay demo', 'an honest node: PASS'],
    ['assay demo --profile unrelated', 'a node with another model: FAIL, exit 2'],
    ['assay demo --profile honest,unrelated', 'one bad replica of two: FAIL, with its name'],
    [
      'assay demo --model MiniMaxAI/MiniMax-M2.7 --profile awq-int4',
      'other weights with known distances: FAIL, with their name',
    ],
    [
      'assay demo --profile heads --strict',
      'the first of every 16 is wrong: the official test passes, the strict check fails',
    ],
  ],
  async run(args, context) {
    const { runDemo } = await import('./run.js');
    return runDemo(
      {
        profiles: args.profile ?? 'honest',
        model: args.model ?? 'moonshotai/Kimi-K2.6',
        replicas: args.replicas,
        batchTimeMs: args.batchTimeMs,
        strict: args.strict ?? false,
        expDir: args.expDir,
      },
      { json: args.json ?? false, quiet: args.quiet ?? false },
      context,
    );
  },
});
