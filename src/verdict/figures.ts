/** How figures are written in sentences for people. */

/** `1 nonce`, `3 nonces`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

/** A p-value to two digits. */
export function pValueText(value: number): string {
  if (value === 0) return 'below 1e-300';
  return value < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
}

/** The first few nonces of a list. */
export function nonceList(nonces: number[], shown = 5): string {
  return nonces.slice(0, shown).join(', ') + (nonces.length > shown ? ', …' : '');
}
