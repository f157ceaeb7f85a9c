// Every sentence that a user can read, from the sources: `npm run messages`. Read them all before a release.
import { collectMessages } from './messages/collect.js';

for (const { file, line, text } of collectMessages()) console.log(`${file}:${line}\t${text}`);
