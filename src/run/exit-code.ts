import { largest } from '../extremes.js';
/** The exit code of several results: interrupted, then fraud, then no verdict, then a regression, then a pass. */
export function worstExitCode(codes: number[]): number {
  const interrupted = codes.find((code) => code >= 128);
  if (interrupted !== undefined) return interrupted;
  for (const code of [2, 1]) if (codes.includes(code)) return code;
  return Math.max(0, largest(codes));
}
