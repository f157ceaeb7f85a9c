import { UsageError } from '../../errors.js';
import { type Fleet, type FleetNode, readFleet } from '../../fleet/fleet-file.js';
import { type FleetInputs, readPlan } from '../../fleet/fleet-folder.js';
import type { Shard } from '../../fleet/model.js';
import { keyOf, validateOptions } from '../../run/options.js';
import type { ValidateOptions } from '../../validate/options.js';
import type { ArgsOf } from '../command.js';
import { fleetSettings } from '../settings/names.js';
import { type ValidateFlagValues, validationsOf } from '../validate/inputs.js';
import { asRecorded } from '../validate/resume.js';
import type { fleetFlags } from './flags.js';

export type FleetFlagValues = ArgsOf<typeof fleetFlags>;

/** A fleet with the options of the command line. */
export interface FleetRequest extends FleetInputs {
  limits: Pick<Fleet, 'concurrency' | 'sites'>;
  /** One per node, in the same order. */
  validations: ValidateOptions[];
}

/** Options of every node; the other flags change how the fleet is run. */
const RECORDED = new Set(
  validateOptions.flatMap(([name, { fleet, resume }]) =>
    fleet === 'all' && resume !== 'apart' ? keyOf(name) : [],
  ),
);

/**
 * Reads a fleet file and resolves the options of every node.
 *
 * @throws AssayError for a file, UsageError for flags that do not fit together
 */
export async function fleetRequestOf(
  path: string,
  given: FleetFlagValues,
  shard: Shard | null = null,
): Promise<FleetRequest> {
  const args = given.resume === undefined ? given : await flagsOfFleet(given, given.resume);
  const fleet = await readFleet(path);
  const nodes =
    shard === null ? fleet.nodes : fleet.nodes.filter((_, at) => at % shard.of === shard.index - 1);
  if (args.challenge !== undefined && args.challengeSeed === undefined) {
    throw new UsageError('a challenge of a fleet needs a seed, so that all nodes get the same challenge', {
      advice: 'add --challenge-seed TEXT, a text that the nodes cannot guess',
    });
  }
  const validations = await validationsOfAll(nodes, args);
  return {
    name: fleet.name,
    shard,
    nodes,
    validations,
    options: optionsOf(validations[0]),
    limits: { concurrency: args.concurrency ?? fleet.concurrency, sites: fleet.sites },
  };
}

/** The flags of an unfinished fleet, as its folder recorded them: `--resume` needs no other flag. */
async function flagsOfFleet(args: FleetFlagValues, folder: string): Promise<FleetFlagValues> {
  const { options } = await readPlan(folder);
  return asRecorded(args, options, { folder, names: fleetSettings });
}

/** The options of each node; the chain's thresholds are read once per model. */
export async function validationsOfAll(
  nodes: FleetNode[],
  args: FleetFlagValues,
): Promise<ValidateOptions[]> {
  const firsts = new Map<string, ValidateOptions>();
  for (const node of nodes) {
    if (!firsts.has(node.model)) firsts.set(node.model, await validationOf(node, args));
  }
  return Promise.all(
    nodes.map(async (node) => {
      const { thresholds, recordedOptions } = firsts.get(node.model) as ValidateOptions;
      const options = await validationOf(node, { ...args, thresholds: 'reference' });
      const recorded = { ...options.recordedOptions, thresholds: recordedOptions?.['thresholds'] };
      return { ...options, ...(thresholds && { thresholds }), recordedOptions: recorded };
    }),
  );
}

async function validationOf(node: FleetNode, args: FleetFlagValues): Promise<ValidateOptions> {
  const { id, model, reference, url, nodeConfig, replicas } = node;
  const flags: Partial<ValidateFlagValues> = {
    ...args,
    resume: undefined,
    model,
    reference,
    ...(replicas !== undefined && { expectReplicas: replicas }),
    ...(nodeConfig === undefined ? { mlnodeUrl: url } : { nodeConfig, nodeId: id }),
  };
  const found = await validationsOf(flags as ValidateFlagValues, {
    reach: { [id]: url },
    reachIn: 'file',
    nodeId: id,
  });
  const [options] = found as [ValidateOptions];
  return { ...options, nodeId: id };
}

function optionsOf(validation: ValidateOptions | undefined): Record<string, unknown> {
  const recorded = Object.entries(validation?.recordedOptions ?? {});
  return Object.fromEntries(recorded.filter(([name]) => RECORDED.has(name)));
}
