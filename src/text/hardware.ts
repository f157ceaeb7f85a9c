/** GPUs and topology that a text or a node names; a part that is not named is absent. */
export interface Hardware {
  /** For example `H100`, `B300`, `RTX PRO 6000`. */
  gpu?: string;
  count?: number;
  tp?: number;
  pp?: number;
}

/** A letter, two to four digits and what may follow them, or a workstation card by its name. */
const GPU =
  /(?<=^|[^A-Za-z0-9]|\d[x×])(RTX[ _](?:PRO[ _])?\w+?(?:[ _]Ti)?(?![A-Za-z0-9])|(?:GB|GH|[ABHLV])\d{2,4}S?)(?![0-9])/i;
const COUNT_BEFORE = /(\d+)\s*[x×]\s*(?:NVIDIA[ _-])?$/i;
const COUNT_BEHIND = /^[^,;(]{0,24}\(?\s*(\d+)\s*[x×]\s*GPU/i;

/**
 * Reads GPUs and topology in all known forms: `8xH100`, `8×H100`, `H200 (2xGPU, tp=2)`, `16x H100 80GB SXM5`,
 * `RTX_PRO_6000_Blackwell_SE`, `(TP=8)`, `tensor parallel 4`.
 */
export function hardwareOf(text: string): Hardware {
  const found = GPU.exec(text);
  const tp = numberIn(/\b(?:TP|tensor[ -]parallel(?:[ -]size)?)\s*[=:]?\s*(\d+)/i, text);
  const pp = numberIn(/\b(?:PP|pipeline[ -]parallel(?:[ -]size)?)\s*[=:]?\s*(\d+)/i, text);
  const count =
    found === null
      ? undefined
      : (numberIn(COUNT_BEFORE, text.slice(0, found.index)) ??
        numberIn(COUNT_BEHIND, text.slice(found.index + found[0].length)));
  return {
    ...(found !== null && { gpu: gpuClassOf(found[1] as string) }),
    ...(count !== undefined && { count }),
    ...(tp !== undefined && { tp }),
    ...(pp !== undefined && { pp }),
  };
}

/** One name for a class of GPUs: `NVIDIA H100 80GB HBM3` and `h100` are `H100`. */
export function gpuClassOf(name: string): string {
  const found = (GPU.exec(name)?.[1] ?? name).replaceAll('_', ' ').toUpperCase();
  return found.replace(/ TI$/, ' Ti').trim();
}

/** The batch size in the description of a reference, for example `collection batch 16`. */
export function batchIn(text: string): number | null {
  return numberIn(/\bbatch(?:[ _-]size)?\s*[=:]?\s*(\d+)\b/i, text) ?? null;
}

function numberIn(pattern: RegExp, text: string): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
