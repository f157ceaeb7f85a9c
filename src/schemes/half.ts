/**
 * IEEE-754 binary16, the number format of PoC vectors: 1 sign, 5 exponent and 10 fraction bits.
 * Node 20 has no Float16Array, and a table look-up decodes faster than arithmetic.
 */

const decodeTable = /* @__PURE__ */ buildDecodeTable();

/** The value of one half-precision bit pattern (0 … 65535). */
export function decodeHalf(bits: number): number {
  return decodeTable[bits] as number;
}

/** The nearest half-precision bit pattern of a number, ties to even; overflow gives an infinity. */
export function encodeHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | roundHalfEven(magnitude * 2 ** 24);
  const exponent = Math.min(15, Math.floor(Math.log2(magnitude)));
  // log2 may round up across a power of two; a fraction that rounds up to 1024 carries into the exponent.
  const exact = magnitude < 2 ** exponent ? exponent - 1 : exponent;
  return sign | (((exact + 15) << 10) + roundHalfEven((magnitude / 2 ** exact - 1) * 1024));
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5 || (rest === 0.5 && floor % 2 === 0)) return floor;
  return floor + 1;
}

/**
 * Built by bits, since each thread does it at its start. A half has the same kinds of bits as a float32, but
 * fewer.
 */
function buildDecodeTable(): Float32Array {
  const table = new Float32Array(65536);
  const floatBits = new Uint32Array(table.buffer);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = (bits & 0x8000) << 16;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) table[bits] = (sign === 0 ? fraction : -fraction) * 2 ** -24;
    else floatBits[bits] = sign | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
  }
  return table;
}
