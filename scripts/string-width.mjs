// Bundled with yargs and cli-table3 in place of `string-width`, whose tables of emoji cost a third of the time of a start:
// texts have CJK characters and no emoji.
export { displayWidth as default } from '../src/text/width.ts';
