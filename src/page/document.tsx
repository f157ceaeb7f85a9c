import { createHash } from 'node:crypto';
import type { ComponentChildren } from 'preact';
import { renderToStaticMarkup } from 'preact-render-to-string';
import { languageTag } from '../text/language.js';
import { STYLE } from './style.js';
import './translate.js';

/** Parts of a page other than its body. */
interface Additions {
  /** Added after the style of every page. */
  style?: string;
  /** The only script that may run. A page with a script may also send requests to its own server. */
  script?: string;
}

/**
 * A whole page in one file: it loads nothing from the network, and every text is escaped. Only its style
 * sheet and its script, if it has one, are allowed, by their hashes.
 */
export function renderDocument(
  title: string,
  body: ComponentChildren,
  { style = '', script }: Additions = {},
): string {
  return `<!doctype html>\n${renderToStaticMarkup(
    <html lang={languageTag()}>
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policyOf(STYLE + style, script)} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        {/* An empty one, so that a browser does not ask a server for it. */}
        <link rel="icon" href="data:," />
        <style dangerouslySetInnerHTML={{ __html: STYLE + style }} />
      </head>
      <body>
        {body}
        {script !== undefined && <script dangerouslySetInnerHTML={{ __html: script }} />}
      </body>
    </html>,
  )}\n`;
}

function policyOf(style: string, script: string | undefined): string {
  return [
    "default-src 'none'",
    `style-src ${sha256(style)}`,
    ...(script === undefined ? [] : [`script-src ${sha256(script)}`, "connect-src 'self'"]),
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function sha256(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
