/** A name is before the first colon, and the message after it may have its own. */
export function partsOf(text: string, joint: string): string[] {
  const parts = splitOutside(text, joint);
  return joint === ': ' && parts.length > 1 ? [parts[0] as string, parts.slice(1).join(joint)] : parts;
}

/** The parts between separators; what stands in brackets or quotes is one thing. */
export function splitOutside(text: string, joint: string): string[] {
  const pieces = text.split(joint);
  if (pieces.length === 1 || !isClosed(opened(text))) return pieces;
  const parts: string[][] = [];
  let open = opened('');
  for (const piece of pieces) {
    if (isClosed(open)) parts.push([]);
    parts.at(-1)?.push(piece);
    open = opened(piece).map((count, at) => count + (open[at] as number));
  }
  return parts.map((part) => part.join(joint));
}

/** Brackets that are open at the end of a text, its backquotes and its quotes. */
export function opened(text: string): number[] {
  const count = (sign: string) => text.split(sign).length - 1;
  return [count('(') - count(')'), count('`'), count('"')];
}

export function isClosed([brackets, ...quotes]: number[]): boolean {
  return brackets === 0 && quotes.every((count) => count % 2 === 0);
}

/** Findings of several nodes in one line, `node1: …, node2: …`, each with its name. */
export function findingsOf(text: string, joint: string): string[] {
  const findings: string[] = [];
  for (const part of splitOutside(text, joint)) {
    if (findings.length === 0 || FINDING.test(part)) findings.push(part);
    else findings.push(`${findings.pop()}${joint}${part}`);
  }
  return findings;
}

/** The name of a node, and what was found there. */
export const FINDING = /^[\w.@-]+: /;
/** The next finding of a line. */
export const NEXT_FINDING = /[;,] [\w.@-]+: /;
