// Asks on the terminal that it is started on, and tells what came of it.
import { messageOf } from '../../src/errors.js';
import { startProgress } from '../../src/terminal/progress.js';
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
  moving: async () => {
    const progress = startProgress(asking.terminal, { label: 'moving', total: 2, unit: 'steps' });
    setTimeout(() => progress.update(1), 20);
    setTimeout(() => asking.terminal.say('said meanwhile'), 40);
    // Longer than a bar takes to be drawn again.
    setTimeout(() => process.stderr.write('NOW'), 400);
    const answer = await askYesNo('Go on?', asking);
    progress.stop();
    return answer;
  },
};
const outcome = await ways[process.argv[2] ?? 'word']?.().catch(messageOf);
console.log(`outcome: ${outcome}`);
