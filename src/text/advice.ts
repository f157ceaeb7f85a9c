/** Flags of other programs that advice may name: those of vLLM and of inferenced. */
export const FOREIGN_FLAGS: readonly string[] = [
  '--enable-auto-tool-choice',
  '--max-model-len',
  '--max-num-batched-tokens',
  '--max-num-seqs',
  '--pipeline-parallel-size',
  '--quantization',
  '--reasoning-parser',
  '--revision',
  '--served-model-name',
  '--tensor-parallel-size',
  '--tool-call-parser',
];

/** A command that the text names, with its own flags: `assay node switch ID --to FILE`. */
const OTHER_COMMAND = /`assay [^`]*`|\bassay [a-z][^;,`]*/g;
const FLAG = /(?<![\w-])--[a-z][a-z0-9-]*/g;

/** Whether the present command has a flag, given as `--name`. */
export type HasFlag = (flag: string) => boolean;

/** The flags of the present command that a text names. */
export function flagsNamed(text: string): string[] {
  const own = text.replaceAll(OTHER_COMMAND, '');
  return [...own.matchAll(FLAG)].flatMap(([flag]) => (FOREIGN_FLAGS.includes(flag) ? [] : flag));
}

/**
 * Advice that fits the present command: of its alternatives (`…, or …`) those with a flag that the command
 * does not have are left out.
 *
 * @returns undefined if nothing is left
 */
export function followable(advice: string | undefined, hasFlag: HasFlag): string | undefined {
  if (advice === undefined) return undefined;
  const isFollowable = (text: string) =>
    flagsNamed(text).every((flag) => hasFlag(flag) || hasFlag(flag.replace(/^--no-/, '--')));
  if (isFollowable(advice)) return advice;
  const parts = advice.split(/(,? or |; )/);
  const kept: string[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const part = parts[at] as string;
    if (!isFollowable(part)) continue;
    if (kept.length > 0) kept.push(parts[at - 1] as string, part);
    // The verb belonged to an alternative that is left out.
    else kept.push(part.startsWith('--') ? `give ${part}` : part.replace(/^or /, ''));
  }
  return kept.length === 0 ? undefined : kept.join('');
}
