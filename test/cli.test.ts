import { describe, expect, it } from 'vitest';
import { commands } from '../src/commands/index.js';
import { assayHere } from './support/assay.js';

describe('the command line', () => {
  it.each([[[]], [['help']], [['--help']]])(
    'lists every command by task, and the exit codes, for %j',
    async (args) => {
      const { stdout, exitCode } = await assayHere(args);
      expect(exitCode).toBe(0);
      for (const { name } of commands) expect(stdout).toMatch(new RegExp(`^  ${name.split(' ')[0]} `, 'm'));
      expect(stdout).toContain('Exit codes:');
      expect(stdout).not.toContain('Other:');
    },
  );

  it.each([[['fleet']], [['help', 'fleet']], [['fleet', '--help']]])(
    'lists the commands of a group for %j',
    async (args) => {
      const { stdout, exitCode } = await assayHere(args);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^ {2}fleet validate {2}/m);
    },
  );

  it('shows the help of a command by `help COMMAND`', async () => {
    const [one, other] = await Promise.all([
      assayHere(['help', 'golden', 'list']),
      assayHere(['golden', 'list', '--help']),
    ]);
    expect(one.stdout).toBe(other.stdout);
    expect(one.stdout).toContain('Examples:');
  });

  it.each([
    [['valdate'], 'did you mean assay validate?'],
    [['golden', 'lst'], 'did you mean assay golden list?'],
    [['golden', 'list', '--jsn'], 'did you mean --json?'],
    [['validate', '--mlnod'], 'did you mean --mlnode-url?'],
  ])('says what was probably meant by %j', async (args, meant) => {
    const { stderr, exitCode } = await assayHere(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(meant);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    [['history', 'runs', '--out='], '--out needs a value'],
    [['calibrate', '--honest'], '--honest needs a value'],
    [['history', 'runs', '--out', 'a', '--out', 'b'], '--out is given more than once'],
    [['poc', 'verify', 'file', '--seq-len', '1.5'], '--seq-len must be a whole number of 1 or more'],
    [['poc', 'outcome', '--height', '0', '--all'], '--height must be a whole number of 1 or more'],
    [['tx', 'intent', 'model', '--timeout', '0'], '--timeout must be a number above 0 and at most 86400'],
  ])('refuses %j before anything is done', async (args, message) => {
    const { stderr, exitCode } = await assayHere(args);
    expect(stderr.trim()).toBe(`assay: ${message}; see \`assay ${commandOf(args)} --help\``);
    expect(exitCode).toBe(1);
  });

  it('has a range for every number', async () => {
    for (const { name, load } of commands) {
      const { options } = (await load()).command;
      for (const [flag, { type, coerce }] of Object.entries(options))
        expect(type === 'number' && coerce === undefined, `${name} --${flag}`).toBe(false);
    }
  });

  it('guesses nothing that is far away', async () => {
    const { stderr } = await assayHere(['quux']);
    expect(stderr).toContain('"assay quux" is no command; see `assay --help`');
  });
});

/** The command of a command line. */
function commandOf(args: string[]): string | undefined {
  return commands.map(({ name }) => name).find((name) => args.join(' ').startsWith(`${name} `));
}
