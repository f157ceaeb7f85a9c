import { gpuClassOf, type Hardware, hardwareOf } from '../text/hardware.js';
import type { GoldenFile } from './reference.js';

/** The hardware and topology on which a reference was recorded, as far as its file says. */
export interface RecordedOn {
  /** GPU class, for example `B200`. */
  gpu: string | null;
  /** GPUs of the machine. */
  gpus: number | null;
  tensorParallel: number | null;
  pipelineParallel: number | null;
}

/**
 * Reads it from the fields of the provenance where they exist, otherwise from the recorder's text.
 *
 * @returns null in each field that is not in the file
 */
export function recordedOn(file: Omit<GoldenFile, 'artifacts'>): RecordedOn {
  const { provenance, source = '', notes = '', additional_args: args = [] } = file;
  const told = provenance?.recorded_on;
  const texts = [provenance?.hardware ?? '', source, provenance?.build ?? '', notes].map(hardwareOf);
  const first = <K extends keyof Hardware>(key: K) =>
    texts.find((text) => text[key] !== undefined)?.[key] ?? null;
  return {
    gpu: told?.gpu === undefined ? first('gpu') : gpuClassOf(told.gpu),
    gpus: told?.gpus ?? first('count'),
    tensorParallel: told?.tensor_parallel ?? argSize(args, '--tensor-parallel-size') ?? first('tp'),
    pipelineParallel: told?.pipeline_parallel ?? argSize(args, '--pipeline-parallel-size') ?? first('pp'),
  };
}

/** For a file that says nothing about its hardware and topology. */
export const NOT_TOLD = 'not known';

/** `4×B200, TP4`; `not told` where nothing is known. */
export function recordedOnText({ gpu, gpus, tensorParallel, pipelineParallel }: RecordedOn): string {
  const hardware = gpu === null ? null : gpus === null ? gpu : `${gpus}×${gpu}`;
  const parts = [
    hardware,
    tensorParallel === null ? null : `TP${tensorParallel}`,
    pipelineParallel === null || pipelineParallel === 1 ? null : `PP${pipelineParallel}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? NOT_TOLD : parts.join(', ');
}

function argSize(args: readonly string[], flag: string): number | undefined {
  const place = args.findLastIndex((token) => token === flag || token.startsWith(`${flag}=`));
  if (place < 0) return undefined;
  const token = args[place] as string;
  return numberOf(token === flag ? args[place + 1] : token.slice(flag.length + 1));
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined;
}
