/** Keys that FastAPI's models hold as integers, wherever they stand in a body. */
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

/** A body as pydantic reads it: it takes `"1024"` and `1024.0` for the integer that they are. */
export function lax(body: unknown, key = ''): unknown {
  if (Array.isArray(body)) return body.map((entry) => lax(entry, key));
  if (typeof body === 'object' && body !== null)
    return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, lax(value, name)]));
  return INTEGERS.has(key) && typeof body === 'string' && /^\s*[+-]?\d{1,15}(?:\.0*)?\s*$/.test(body)
    ? Number(body)
    : body;
}
