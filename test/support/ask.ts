// Asks on the terminal that it is started on, and tells what came of it.
import { messageOf } from '../../src/errors.js';
import { askText, askToType, askYesNo } from '../../src/terminal/prompt.js';
import { processTerminal } from '../../src/terminal/terminal.js';

const controller = new AbortController();
process.on('SIGINT', () => controller.abort(new Error('interrupted')));
const asking = { terminal: processTerminal(), signal: controller.signal, yes: false };
const ways: Record<string, () => Promise<unknown>> = {
  word: () => askToType('node1', 'Remove it?', asking),
  two: () => Promise.all([askYesNo('First?', asking), askYesNo('Second?', asking)]),
  texts: async () => {
    const answers: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) answers.push(await askText(name, `no ${name}`, asking));
    return answers;
  },
};
const outcome = await ways[process.argv[2] ?? 'word']?.().catch(messageOf);
console.log(`outcome: ${outcome}`);
