// Asks on the terminal that it is started on, and tells what came of it.
import { messageOf } from '../../src/errors.js';
import { askToType, askYesNo } from '../../src/terminal/prompt.js';
import { processTerminal } from '../../src/terminal/terminal.js';

const controller = new AbortController();
process.on('SIGINT', () => controller.abort(new Error('interrupted')));
const asking = { terminal: processTerminal(), signal: controller.signal, yes: false };
const ask = () =>
  process.argv[2] === 'two'
    ? Promise.all([askYesNo('First?', asking), askYesNo('Second?', asking)])
    : askToType('node1', 'Remove it?', asking);
const outcome = await ask().catch(messageOf);
console.log(`outcome: ${outcome}`);
