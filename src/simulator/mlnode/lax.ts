/** Keys that are integers in FastAPI's models, at any place of a body. */
const INTEGERS = new Set([
  'block_height',
  'node_id',
  'node_count',
  'batch_size',
  'seq_len',
  'k_dim',
  'max_tokens',
  'nonces',
  'nonce',
]);

/** The same for booleans. */
const BOOLEANS = new Map<unknown, boolean>(
  [
    [true, [1, '1', 'true', 't', 'yes', 'y', 'on']],
    [false, [0, '0', 'false', 'f', 'no', 'n', 'off']],
  ].flatMap(([value, texts]) => (texts as unknown[]).map((text) => [text, value as boolean] as const)),
);
const BOOLEAN_KEYS = new Set(['wait', 'poc_stronger_rng', 'decode']);

/** A body as pydantic reads it: `"1024"` and `1024.0` are accepted as integers, and `"yes"` as true. */
export function lax(body: unknown, key = ''): unknown {
  if (Array.isArray(body)) return body.map((entry) => lax(entry, key));
  if (typeof body === 'object' && body !== null)
    return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, lax(value, name)]));
  if (BOOLEAN_KEYS.has(key)) {
    const text = typeof body === 'string' ? body.toLowerCase() : body;
    return BOOLEANS.get(text) ?? body;
  }
  if (INTEGERS.has(key) && typeof body === 'boolean') return Number(body);
  return INTEGERS.has(key) && typeof body === 'string' && /^\s*[+-]?\d{1,15}(?:\.0*)?\s*$/.test(body)
    ? Number(body)
    : body;
}
