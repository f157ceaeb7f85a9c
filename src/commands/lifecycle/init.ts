import { AssayError } from '../../errors.js';
import { isTaken, SECRET_MODE, writeWhole } from '../../files/write-whole.js';
import { askHost, proposedNode } from '../../lifecycle/ask-host.js';
import { EXAMPLE, hostTemplate } from '../../lifecycle/host-template.js';
import { quoteForShell } from '../../text/shell.js';
import { defineCommand } from '../command.js';
import { textFlag } from '../flags.js';

export const command = defineCommand({
  description:
    'Writes a commented host file. On a terminal it asks you and reads the ML nodes from your network node; elsewhere, or with --no-ask, it writes an example to fill in.',
  options: {
    out: textFlag('the file to write', { default: 'host.yaml' }),
    ask: { type: 'boolean', default: true, description: 'ask on the terminal (--no-ask)' },
    force: { type: 'boolean', default: false, description: 'overwrite the file' },
  },
  examples: [
    ['assay lifecycle init', 'asks, and writes host.yaml'],
    ['assay lifecycle init --no-ask --out node3.yaml', 'an example to fill in'],
  ],
  async run({ out, ask, force }, context) {
    const { terminal } = context;
    // Checked first, so that the user does not answer all the questions for nothing.
    if (!force && isTaken(out)) throw isThere(out);
    const answers = ask && terminal.canAsk ? await askHost(context) : { ...EXAMPLE, node: proposedNode() };
    if (!force && isTaken(out)) throw isThere(out);
    await writeWhole(out, hostTemplate(answers), SECRET_MODE);
    terminal.out(out);
    terminal.say(`next: assay lifecycle plan --file ${quoteForShell([out])}`);
    return 0;
  },
});

function isThere(path: string): AssayError {
  return new AssayError(`${path} is there already`, {
    advice: 'give another --out, or overwrite it with --force',
  });
}
