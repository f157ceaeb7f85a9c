import { cleanText } from '../clean.js';

const MAX_LENGTH = 500;

/**
 * The plain text of an error body: FastAPI's `{detail}` as a string, an object or a list of findings, and a
 * replica's own error that arrives as JSON text inside that string.
 */
export function detailOf(body: unknown): string {
  return clip(textOf(body, 0));
}

function textOf(value: unknown, depth: number): string {
  if (depth > 6) return '';
  if (typeof value === 'string') return textOf(parsedObject(value), depth + 1) || value;
  if (Array.isArray(value))
    return value
      .slice(0, 5)
      .map((entry) => textOf(entry, depth + 1))
      .filter(Boolean)
      .join('; ');
  if (typeof value !== 'object' || value === null) return '';
  const record = value as Record<string, unknown>;
  if (typeof record['msg'] === 'string') return locationOf(record['loc']) + record['msg'];
  // JSON-RPC: `message` is the same for every fault, `data` tells which.
  if (typeof record['code'] === 'number' && typeof record['data'] === 'string' && record['data'] !== '')
    return record['data'];
  const heading = ['detail', 'error', 'message'].find((key) => record[key] !== undefined);
  // Some answers have a heading and a field that explains it.
  return [heading, 'errors']
    .map((key) => (key === undefined ? '' : textOf(record[key], depth + 1)))
    .filter(Boolean)
    .join(': ');
}

function locationOf(loc: unknown): string {
  return Array.isArray(loc)
    ? `${loc
        .filter((part) => typeof part !== 'object')
        .slice(0, 8)
        .join('.')}: `
    : '';
}

function parsedObject(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One line of bounded length, safe to print; several blanks become one, because they would part columns. */
export function clip(text: string): string {
  return cleanText(text, MAX_LENGTH).replaceAll(/ {2,}/g, ' ').trim();
}
