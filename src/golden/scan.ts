import { decodeHalf } from '../schemes/half.js';

/** The vectors of an artifact file, in shared memory so that threads can pass them on without a copy. */
interface ScannedVectors {
  /** In the file's order. */
  nonces: Float64Array<SharedArrayBuffer>;
  /** float32, row after row, shape [nonces, kDim]. */
  vectors: Float32Array<SharedArrayBuffer>;
}

interface ScannedFile extends ScannedVectors {
  /** The file as parsed, with only the first of its artifacts. */
  head: { k_dim: number; artifacts: [{ nonce: number; vector_b64: string }] };
}

/** Fills a part of the target with the next bytes and returns their number; 0 at the end. */
export type ReadBytes = (target: Uint8Array) => number;

/**
 * Reads the regular form of an artifact file byte by byte through a small window, without a string or an
 * object per vector. It is much faster than JSON.parse and needs a fraction of its memory. Regular means:
 * rows of `nonce` and `vector_b64` in this order, with any white space, as the canonical form and Python's
 * json.dump have them, after a `k_dim`.
 *
 * @param size of the file in bytes
 * @param windowSize bytes read together: the part before the artifacts must fit into it, and so must the part
 *   after them, and one row
 * @returns null for any other form, also for a fault: then JSON.parse must find the error
 */
export function scanArtifacts(read: ReadBytes, size: number, windowSize = 2 ** 20): ScannedFile | null {
  const window = new Window(read, windowSize);
  const { bytes } = window;
  const key = bytes.subarray(0, window.filled).indexOf('"artifacts"');
  if (key < 0) return null;
  const colon = skipSpace(bytes, key + '"artifacts"'.length);
  const open = skipSpace(bytes, colon + 1);
  if (bytes[colon] !== COLON || bytes[open] !== 0x5b) return null;
  const before = bytes.toString('utf8', 0, open);
  const kDim = Number(/"k_dim"\s*:\s*(\d{1,4})\b/.exec(before)?.[1]);
  // Three numbers are eight base64 characters; other dimensions would need padding.
  if (!(kDim > 0 && kDim % 3 === 0)) return null;

  const rows = new Rows(kDim, size);
  let at = open + 1;
  do {
    const next = rows.scan(bytes, at, window.filled);
    if (next === at && !window.moveOn(at)) return null;
    at = next === at ? 0 : next;
  } while (!rows.complete);

  const behind = window.rest(at);
  const head = behind === null ? null : parseRest(before, rows.firstRow, behind);
  if (head?.k_dim !== kDim) return null;
  return { head, ...rows.scanned() };
}

/** Everything but the artifacts, parsed: proof that the array found is the one artifact list of the file. */
function parseRest(before: string, firstRow: string, behind: string): ScannedFile['head'] | null {
  if (behind.includes('"artifacts"')) return null;
  // A key with escaped letters could be a second "artifacts".
  if (/\\u00[67]/i.test(before) || /\\u00[67]/i.test(behind)) return null;
  try {
    const head = JSON.parse(`${before}[${firstRow}]${behind}`);
    return Array.isArray(head?.artifacts) ? head : null;
  } catch {
    return null;
  }
}

/** The part of the file in memory, with a zero byte after it that ends every row. */
class Window {
  readonly bytes: Buffer;
  filled = 0;

  constructor(
    private readonly read: ReadBytes,
    private readonly size: number,
  ) {
    this.bytes = Buffer.alloc(size + 1);
    this.fill();
  }

  /** Drops the bytes before a position and reads on; false when there are no new bytes. */
  moveOn(from: number): boolean {
    this.bytes.copyWithin(0, from, this.filled);
    this.filled -= from;
    return this.fill() > 0;
  }

  /** The text from a place to the end of the file; null when it is longer than the window. */
  rest(from: number): string | null {
    this.moveOn(from);
    const probe = new Uint8Array(1);
    return this.read(probe) === 0 ? this.bytes.toString('utf8', 0, this.filled) : null;
  }

  private fill(): number {
    const before = this.filled;
    for (let got = -1; got !== 0 && this.filled < this.size; this.filled += got) {
      got = this.read(this.bytes.subarray(this.filled, this.size));
    }
    this.bytes[this.filled] = 0;
    return this.filled - before;
  }
}

const NONCE = Buffer.from('"nonce"');
const VECTOR = Buffer.from('"vector_b64"');
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;

/** Collects rows as they are read. */
class Rows {
  /** The closing bracket has been seen. */
  complete = false;
  firstRow = '';
  private count = 0;
  private readonly base64Length: number;
  private readonly nonces: Float64Array<SharedArrayBuffer>;
  private readonly vectors: Float32Array<SharedArrayBuffer>;

  constructor(
    private readonly kDim: number,
    fileSize: number,
  ) {
    this.base64Length = (kDim / 3) * 8;
    const shortestRow = '{"nonce":0,"vector_b64":""},'.length + this.base64Length;
    const capacity = Math.floor(fileSize / shortestRow) + 1;
    this.nonces = new Float64Array(new SharedArrayBuffer(8 * capacity));
    this.vectors = new Float32Array(new SharedArrayBuffer(4 * capacity * kDim));
  }

  /** Scans whole rows. Returns the position after the last one: the first row that is cut or irregular. */
  scan(bytes: Buffer, from: number, end: number): number {
    const { base64Length, kDim, nonces, vectors } = this;
    let rowStart = from;
    for (;;) {
      let at = skipSpace(bytes, rowStart);
      const open = at;
      if (bytes[at] !== 0x7b) return rowStart;
      at = afterKey(bytes, at + 1, NONCE);
      const digits = at;
      let nonce = 0;
      for (let digit = (bytes[at] as number) - 0x30; digit >= 0 && digit <= 9; ) {
        nonce = nonce * 10 + digit;
        digit = (bytes[++at] as number) - 0x30;
      }
      const length = at - digits;
      // JSON has no leading zeros; beyond 15 digits a nonce may not be exact.
      if (length === 0 || length > 15 || (length > 1 && bytes[digits] === 0x30)) return rowStart;
      at = skipSpace(bytes, at);
      if (bytes[at] !== COMMA) return rowStart;
      at = afterKey(bytes, at + 1, VECTOR);
      const close = at + 1 + base64Length;
      if (close >= end || bytes[at] !== QUOTE || bytes[close] !== QUOTE) return rowStart;
      if (!decodeRow(bytes, at + 1, vectors, this.count * kDim, kDim)) return rowStart;
      at = skipSpace(bytes, close + 1);
      if (bytes[at] !== 0x7d) return rowStart;
      const rowEnd = at + 1;
      at = skipSpace(bytes, rowEnd);
      if (bytes[at] !== COMMA && bytes[at] !== 0x5d) return rowStart;
      // Only in a file that grows during reading.
      if (this.count === nonces.length) return rowStart;
      if (this.count === 0) this.firstRow = bytes.toString('latin1', open, rowEnd);
      nonces[this.count++] = nonce;
      rowStart = at + 1;
      if (bytes[at] === 0x5d) {
        this.complete = true;
        return rowStart;
      }
    }
  }

  scanned(): ScannedVectors {
    return {
      nonces: this.nonces.subarray(0, this.count),
      vectors: this.vectors.subarray(0, this.count * this.kDim),
    };
  }
}

/** The position of the value after `"key" :`; the last byte, which is no value, when the key is not there. */
function afterKey(bytes: Buffer, from: number, key: Buffer): number {
  let at = skipSpace(bytes, from);
  for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return bytes.length - 1;
  at = skipSpace(bytes, at + key.length);
  return bytes[at] === COLON ? skipSpace(bytes, at + 1) : bytes.length - 1;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at++;
  }
}

/** Set in the entry of two characters that are not both base64. */
const NOT_BASE64 = 0x1000;
const twelveBits = buildTwelveBits();

/**
 * Eight characters are 48 bits, three little-endian halves; false for text that is not base64 or a value that
 * is not finite.
 */
function decodeRow(bytes: Buffer, from: number, out: Float32Array, offset: number, kDim: number): boolean {
  let seen = 0;
  let finite = true;
  let at = from;
  for (let i = 0; i < kDim; i += 3) {
    const d0 = twelveBits[(bytes[at] as number) | ((bytes[at + 1] as number) << 8)] as number;
    const d1 = twelveBits[(bytes[at + 2] as number) | ((bytes[at + 3] as number) << 8)] as number;
    const d2 = twelveBits[(bytes[at + 4] as number) | ((bytes[at + 5] as number) << 8)] as number;
    const d3 = twelveBits[(bytes[at + 6] as number) | ((bytes[at + 7] as number) << 8)] as number;
    at += 8;
    seen |= d0 | d1 | d2 | d3;
    // Bytes: d0 11…4 | d0 3…0 d1 11…8 | d1 7…0 | d2 11…4 | d2 3…0 d3 11…8 | d3 7…0.
    const h0 = ((d0 >> 4) & 0xff) | ((d0 & 15) << 12) | (d1 & 0xf00);
    const h1 = (d1 & 0xff) | ((d2 << 4) & 0xff00);
    const h2 = ((d2 & 15) << 4) | ((d3 >> 8) & 15) | ((d3 & 0xff) << 8);
    finite &&= (h0 & 0x7c00) !== 0x7c00 && (h1 & 0x7c00) !== 0x7c00 && (h2 & 0x7c00) !== 0x7c00;
    out[offset + i] = decodeHalf(h0);
    out[offset + i + 1] = decodeHalf(h1);
    out[offset + i + 2] = decodeHalf(h2);
  }
  return (seen & NOT_BASE64) === 0 && finite;
}

/** The value of each pair of characters, the first of them in the index's low byte. */
function buildTwelveBits(): Uint16Array {
  const table = new Uint16Array(65536).fill(NOT_BASE64);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let high = 0; high < 64; high++) {
    for (let low = 0; low < 64; low++) {
      table[alphabet.charCodeAt(high) | (alphabet.charCodeAt(low) << 8)] = (high << 6) | low;
    }
  }
  return table;
}
