import { HttpFault } from './fault.js';

/**
 * No answer of a node or chain nests deeper. A deeper value would overflow the stack of the code that walks
 * it.
 */
const MAX_DEPTH = 64;

/**
 * Parses the body of a good answer.
 *
 * @throws HttpFault `not_json` saying whether it is empty, a page or cut off; `malformed` when nested too deep
 */
export function parseJson(
  text: string,
  where: string,
  parse: (text: string) => unknown = JSON.parse,
): unknown {
  if (text.trim() === '') throw new HttpFault('not_json', `${where}: an empty answer`);
  if (nestingOf(text) > MAX_DEPTH)
    throw new HttpFault('malformed', `${where}: JSON nested deeper than ${MAX_DEPTH} levels`);
  try {
    return parse(text);
  } catch {
    const what = looksLikeHtml(text)
      ? 'an HTML page instead of JSON, perhaps from a proxy'
      : 'not JSON, or cut off';
    throw new HttpFault('not_json', `${where}: ${what}`);
  }
}

function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) i++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x5b || char === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (char === 0x5d || char === 0x7d) depth--;
  }
  return deepest;
}

/** The start of a web page. */
export function looksLikeHtml(text: string): boolean {
  return /^\s*<(?:!doctype|html|head|body)/i.test(text);
}
