import type { Options } from 'yargs';
import { UsageError } from '../errors.js';
import { type Completion, renderers } from '../text/completion.js';
import { type CommandEntry, defineCommand } from './command.js';
import { optionsOf } from './every-option.js';

export const command = defineCommand({
  usage: '<shell>',
  description:
    'Prints a completion script for commands, options and their values. The examples show where each shell looks for it.',
  positionals: {
    shell: {
      type: 'string',
      demandOption: true,
      choices: Object.keys(renderers),
      description: 'the shell that you use',
    },
  },
  options: {},
  examples: [
    ['assay completion bash > ~/.local/share/bash-completion/completions/assay', 'for bash'],
    ['assay completion zsh > "$' + '{fpath[1]}/_assay"', 'for zsh'],
    ['assay completion fish > ~/.config/fish/completions/assay.fish', 'for fish'],
  ],
  async run({ shell }, { terminal, commands = [] }) {
    const render = renderers[shell];
    if (render === undefined) throw new UsageError(`no completion for ${shell}`);
    terminal.command(render(await completions(commands)).trimEnd());
    return 0;
  },
});

/** Every command with its declared options. */
async function completions(commands: readonly CommandEntry[]): Promise<Completion[]> {
  return Promise.all(
    commands.map(async ({ name, summary, load }) => {
      const { command: loaded } = await load();
      const options = Object.entries<Options>({
        ...optionsOf(loaded),
        help: { type: 'boolean', description: 'show help' },
      });
      return {
        words: name.split(' '),
        summary,
        options: options.map(([option, { description = '', choices = [], type }]) => ({
          name: `--${option}`,
          description: String(description),
          choices: choices.map(String),
          isFlag: type === 'boolean',
        })),
      };
    }),
  );
}
