import { recordedOn } from '../golden/recorded-on.js';
import type { GoldenReference } from '../golden/reference.js';
import { knownOf } from '../models/known.js';
import type { KnownReference } from '../models/model-file.js';
import type { Machine, ValidateConfig } from '../run/report.js';
import { batchIn, gpuClassOf } from '../text/hardware.js';
import { type MachineCase, machineCase } from '../verdict/same-machine.js';
import type { Observed } from './observed.js';

/** The part of a run's config that says what its distances are compared with. */
export type KnownFields = Pick<
  ValidateConfig,
  'honest_band' | 'known_distances' | 'superseded' | 'reference_machine'
>;

/** The fields of a reference: everything except its vectors. */
type Parameters = Omit<GoldenReference['file'], 'artifacts'>;

/** Looks up what is known of the model and of the reference, for the audit trail. */
export async function knownFields({ file, artifacts }: GoldenReference): Promise<KnownFields> {
  const { distances, reference, superseded } = await knownOf(file, artifacts);
  const band = distances?.band;
  return {
    honest_band: band === undefined ? null : { mean: band.mean, sd: band.sd, source: band.source },
    known_distances: distances,
    ...(superseded !== null && {
      superseded: {
        reason: superseded.reason,
        ...(superseded.successor !== undefined && { successor: superseded.successor }),
      },
    }),
    reference_machine: machineOfReference(file, reference),
  };
}

/** The batch that a reference was recorded with, by its field or by its text; null where neither says it. */
export function batchOfReference({ collection_batch_size, source, notes }: Parameters): {
  batch: number | null;
  isHint: boolean;
} {
  if (collection_batch_size !== undefined) return { batch: collection_batch_size, isHint: false };
  const hint = batchIn(source ?? '') ?? batchIn(notes ?? '');
  return { batch: hint, isHint: hint !== null };
}

/**
 * The machine that a reference was recorded on, as far as its file and a model file say.
 *
 * @param known what the model file says of it
 */
export function machineOfReference(file: Parameters, known: KnownReference | null): Machine {
  const { build = '' } = file.provenance ?? {};
  const told = recordedOn(file);
  const args = file.additional_args;
  const { batch } = batchOfReference(file);
  const version = mlnodeVersionIn(`${build} ${file.source ?? ''}`);
  const gpu = known?.gpu ?? told.gpu;
  const tp = known?.tp ?? told.tensorParallel;
  const pp = known?.pp ?? told.pipelineParallel;
  return {
    ...(gpu !== null && { gpu }),
    ...topologyIn(args),
    ...(tp !== null && { tp }),
    ...(pp !== null && { pp }),
    ...(version !== undefined && { build: version }),
    ...(batch !== null && { batch }),
    ...(args !== undefined && args.length > 0 && { args }),
  };
}

/** How the node's machine compares with the reference's, as far as both are known. */
export function machineCaseOf(config: ValidateConfig, { phases, request }: Observed): MachineCase | null {
  const { preflight, deploy } = phases;
  if (config.reference_machine === undefined || preflight === null) return null;
  const classes = new Set(preflight.gpus.map(({ name }) => gpuClassOf(name)));
  const [gpu] = classes;
  const started = deploy?.action === 'started' ? config.deploy?.args.map(({ value }) => value) : undefined;
  const args = deploy?.running_args ?? started ?? preflight.listed_args;
  return machineCase(config.reference_machine, {
    ...(classes.size === 1 && gpu !== undefined && { gpu }),
    ...topologyIn(args),
    ...(preflight.version !== null && { build: preflight.version }),
    ...(request.batch_size !== null && { batch: request.batch_size }),
    ...(args !== undefined && { args }),
  });
}

/** Tensor and pipeline parallelism as given in the arguments; 1 where the arguments do not set it. */
function topologyIn(args: string[] | undefined): Machine {
  if (args === undefined || args.length === 0) return {};
  const told = (...names: string[]) => {
    const at = args.findIndex((token) =>
      names.some((name) => token === name || token.startsWith(`${name}=`)),
    );
    const token = args[at];
    return token === undefined ? 1 : Number(token.split('=')[1] ?? args[at + 1] ?? 1);
  };
  return {
    tp: told('--tensor-parallel-size', '-tp'),
    pp: told('--pipeline-parallel-size', '-pp'),
  };
}

function mlnodeVersionIn(text: string): string | undefined {
  return /\bmlnode v?(\d[\w.-]*)/i.exec(text)?.[1];
}
