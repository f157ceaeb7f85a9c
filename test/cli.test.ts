import { afterEach, describe, expect, it, vi } from 'vitest';
import { commands } from '../src/commands/index.js';
import { assayHere } from './support/assay.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

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
    [['help', 'golden', 'lsit'], 'did you mean assay golden list?'],
    [['golden', 'list', '--josn'], 'Unknown argument: --josn; did you mean --json?'],
    [['golden', 'show', 'moonshotai-kimi-k26'], 'did you mean moonshotai-kimi-k2.6?'],
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
    [['doctor', '--model', '--node', 'http://h:1'], '--model needs a value'],
    [['golden', 'list', '--lang', '--json'], '--lang needs a value'],
    [['bootstrap', 'wait', '--until', '--model=m'], '--until needs a value'],
    [['history', 'runs', '--out', 'a', '--out', 'b'], '--out is given more than once'],
    [['poc', 'verify', 'file', '--seq-len', '1.5'], '--seq-len must be a whole number of 1 or more'],
    [['poc', 'outcome', '--height', '0', '--all'], '--height must be a whole number of 1 or more'],
    [['tx', 'intent', 'model', '--timeout', '0'], '--timeout must be a number above 0 and at most 86400'],
  ])('refuses %j before anything is done', async (args, message) => {
    const { stderr, exitCode } = await assayHere(args);
    expect(stderr.trim()).toBe(`assay: ${message}; see \`assay ${commandOf(args)} --help\``);
    expect(exitCode).toBe(1);
  });

  it('refuses unknown values of the variables that every command has, unless a flag is given', async () => {
    vi.stubEnv('ASSAY_PROGRESS', 'xml');
    expect(await assayHere(['golden', 'list'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('ASSAY_PROGRESS: "xml" is not one of text, json'),
    });
    vi.stubEnv('ASSAY_PROGRESS', '');
    vi.stubEnv('ASSAY_LANG', 'x\u001b[2J');
    const { stderr, exitCode } = await assayHere(['golden', 'list']);
    expect([exitCode, stderr.trim()]).toEqual([1, 'assay: ASSAY_LANG: "x\ufffd[2J" is not one of en, zh']);
    expect((await assayHere(['golden', 'list', '--lang', 'en'])).exitCode).toBe(0);
    vi.stubEnv('ASSAY_LANG', 'zh_CN.UTF-8');
    expect((await assayHere(['golden', 'list'])).exitCode).toBe(0);
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
