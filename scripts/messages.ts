// Every sentence that a user can read, from the sources: `npm run messages`. Read them all before a release.
// `npm run messages -- --write` brings src/text/lang/en.json up to date, and lists what no other language has yet.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/paths.js';
import { languages } from '../src/text/language.js';
import { collectMessages } from './messages/collect.js';
import { templatesToTranslate } from './messages/scope.js';

const messages = collectMessages();
if (process.argv.includes('--write')) {
  const templates = templatesToTranslate(messages);
  const english = Object.fromEntries(templates.map((text) => [text, text]));
  writeFileSync(catalogueOf('en'), `${JSON.stringify(english, null, 2)}\n`);
  for (const language of languages.filter((name) => name !== 'en')) {
    const known: Record<string, string> = JSON.parse(readFileSync(catalogueOf(language), 'utf8'));
    for (const text of templates) if (!Object.hasOwn(known, text)) console.log(`${language}\t${text}`);
  }
} else {
  for (const { file, line, text } of messages) console.log(`${file}:${line}\t${text}`);
}

function catalogueOf(language: string): string {
  return join(packageRoot, 'src', 'text', 'lang', `${language}.json`);
}
