/** A GPU's class as configs and references name it, with how many of them. */
export interface GpuSet {
  /** For example `B200` or `RTX 5060 Ti`. */
  gpu: string;
  /** null where it is not told. */
  count: number | null;
}

/** Data-centre cards are one token (`H100`, `L40S`, `GB200`), the others a family and a number. */
const CLASS =
  /\b(?:(RTX|GTX|QUADRO|TITAN)\s+(?:PRO\s+)?([A-Z]?\d{3,4})(\s+TI\b|\s+SUPER\b)?|([A-Z]{1,3}\d{2,4}[A-Z]?))\b/;

/**
 * The class of a GPU, from its name as a node reports it or a person writes it: `NVIDIA H100 80GB HBM3`, `b200`,
 * `A100-SXM4-80GB`. A text without a known form comes back in upper case, as it stands.
 */
export function gpuClass(name: string): string {
  const text = name
    .replace(/^\s*nvidia\s+/i, '')
    .trim()
    .toUpperCase();
  return CLASS.exec(text)?.[0].replaceAll(/\s+/g, ' ') ?? text;
}

/**
 * The GPUs that a text names: `4×B200`, `8xH100 PCIe`, `H200 (2xGPU, tp=2)`, `RTX 5060 Ti`; undefined where it names
 * none.
 */
export function gpusIn(text: string): GpuSet | undefined {
  const upper = text.toUpperCase().replaceAll(/\bNVIDIA\s+/g, '');
  const counted = new RegExp(`(\\d+)\\s*[X×*]\\s*(?=${CLASS.source.slice(2)})`).exec(upper);
  const from = counted === null ? upper : upper.slice(counted.index + counted[0].length);
  const found = [...from.matchAll(new RegExp(CLASS.source, 'g'))].find(([name]) => isGpu(name));
  if (found === undefined) return undefined;
  const behind = /^\s*\((\d+)\s*[X×*]\s*(?:GPUS?)\b/.exec(from.slice(found.index + found[0].length));
  const count = counted?.[1] ?? behind?.[1];
  return { gpu: gpuClass(found[0]), count: count === undefined ? null : Number(count) };
}

/** Not every letter with a number is a GPU: `TP8`, `FP8`, `K26` and `S1` are none. */
function isGpu(name: string): boolean {
  return /^(?:RTX|GTX|QUADRO|TITAN)\b/.test(name) || /^(?:A|B|H|L|V|T|GB|GH|MI)\d{2,4}[A-Z]?$/.test(name);
}
