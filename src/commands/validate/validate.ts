import { type ArgsOf, type Context, defineCommand } from '../command.js';
import { everySetting } from '../settings/names.js';
import { afterRunOf } from './after-run.js';
import { optionGroups, validateFlags } from './flags.js';

export const command = defineCommand({
  description:
    'Validates a deployed ML node against its reference: preflight, download, deploy, throughput, probe, verdict, report. Exit 0 PASS, 2 FAIL, 1 INCOMPLETE or not done, 4 worse than the baseline or an assertion allows.',
  options: validateFlags,
  settings: everySetting,
  groups: optionGroups,
  examples: [
    [
      'assay validate --mlnode-url http://10.0.0.21:8080 --model moonshotai/Kimi-K2.6',
      'a node that already serves the model',
    ],
    [
      'assay validate --mlnode-url http://10.0.0.21:8080 --model moonshotai/Kimi-K2.6 --gpu B200',
      'with the published deploy arguments, if the model is not up yet',
    ],
    [
      'assay validate --node-config nodes.json --node-id node1 --model moonshotai/Kimi-K2.6 --skip-throughput',
      'host, port and arguments from a node config',
    ],
    [
      'assay validate --resume runs/validate_moonshotai-kimi-k2.6_2026-09-01_020304',
      'resume a killed or interrupted run: missing batches, then the verdict',
    ],
    [
      'assay validate --mlnode-url http://10.0.0.21:8080 --model moonshotai/Kimi-K2.6 --report html,junit --baseline runs/last-good',
      'in CI: pages and JUnit, and exit 4 if throughput or distances got worse',
    ],
  ],
  async run(args, context) {
    const { mlnodeUrl, nodeConfig, resume, skipValidate } = args;
    if (skipValidate === true || (mlnodeUrl ?? nodeConfig ?? resume) === undefined)
      return validate(args, context);
    const { startEarly } = await import('../../probe/pool.js');
    const endUnused = startEarly();
    try {
      return await validate(args, context);
    } finally {
      await endUnused();
    }
  },
});

async function validate(
  args: ArgsOf<typeof validateFlags>,
  { terminal, signal }: Pick<Context, 'terminal' | 'signal'>,
): Promise<number> {
  const [{ validationsOf }, { runValidations }] = await Promise.all([
    import('./inputs.js'),
    import('./run.js'),
  ]);
  const flags =
    args.resume === undefined ? args : await (await import('./resume.js')).flagsOfRun(args, args.resume);
  const validations = await validationsOf(flags);
  const afterRun = await afterRunOf(args);
  return runValidations(
    validations,
    { json: args.json ?? false, quiet: args.quiet ?? false, afterRun },
    { terminal, signal },
  );
}
