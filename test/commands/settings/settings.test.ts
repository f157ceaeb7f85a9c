import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { everySetting, variableOf } from '../../../src/commands/settings/names.js';
import { settingsOf } from '../../../src/commands/settings/settings.js';
import { command as validate } from '../../../src/commands/validate/validate.js';
import { packageRoot } from '../../../src/paths.js';
import { type OptionEntry, validateOptions } from '../../../src/run/options.js';
import { assayHere } from '../../support/assay.js';
import { useTempFolder } from '../../support/temp.js';

const MODEL = 'moonshotai/Kimi-K2.6';
const URL = 'http://127.0.0.1:1';

const folder = useTempFolder();
let files = 0;
const fileWith = (text: string) => folder.write(`${++files}.yaml`, text);

const ask = (flags: Record<string, unknown>, config: string | undefined, env: NodeJS.ProcessEnv = {}) =>
  settingsOf({ names: everySetting, options: validate.options, flags, config, env });

/** Two values that an option takes, and how the environment writes the first one. */
function samples(name: string, { type, choices = [], range }: OptionEntry): [unknown, unknown, string] {
  if (name === 'reach') return [['a=http://h:1'], ['b=http://h:2'], 'a=http://h:1'];
  if (type === 'texts') return [['a', 'b'], ['c'], 'a\nb\n'];
  if (type === 'switch') return [true, false, 'true'];
  if (type === 'choice') return [choices.at(-1), choices[0], String(choices.at(-1))];
  if (type !== 'number') return ['one', 'two', 'one'];
  return range?.integer === true ? [2, 3, '2'] : [0.5, 0.25, '0.5'];
}

const found = (settings: Awaited<ReturnType<typeof ask>>, name: string) =>
  settings.all.find((setting) => setting.name === name);

afterEach(() => vi.unstubAllEnvs());

describe('options from elsewhere', () => {
  it.each(validateOptions)(
    '%s: a flag before the environment, and that before the file',
    async (name, row) => {
      const [one, two, text] = samples(name, row);
      const file = await fileWith(JSON.stringify({ [name]: two }));
      const env = { [variableOf(name)]: text };
      expect(found(await ask({ [name]: one }, file, env), name)).toEqual({
        name,
        value: one,
        from: `--${name}`,
      });
      expect(found(await ask({}, file, env), name)).toEqual({ name, value: one, from: variableOf(name) });
      expect(found(await ask({}, file), name)).toEqual({ name, value: two, from: file });
      expect(found(await ask({}, await fileWith('')), name)?.from).toBe(
        validate.options[name]?.default === undefined ? undefined : 'default',
      );
    },
  );

  it('leaves out what a nearer place says in another way', async () => {
    const file = await fileWith(`{mlnode-url: "${URL}", node: "http://h:2"}`);
    expect((await ask({ 'node-config': 'nodes.json' }, file)).values).toEqual({ node: 'http://h:2' });
    expect((await ask({ network: false }, file)).values).toEqual({ 'mlnode-url': URL });
    expect((await ask({ network: true }, file)).values).toEqual({ 'mlnode-url': URL, node: 'http://h:2' });
  });

  it('leaves to a host file all that the file says', async () => {
    const file = await fileWith(`{mlnode-url: "${URL}", model: a/b}`);
    expect((await ask({ file: 'host.yaml' }, file, { ASSAY_MODEL: 'c/d' })).values).toEqual({});
  });

  it('keeps a resumed run as it was started, but for what is shown of it', async () => {
    const file = await fileWith('{threshold: 0.1, report: html, timeout: 60, mlnode-url: "http://h:1"}');
    const settings = await ask({ resume: 'runs/x' }, file, {
      ASSAY_P_MISMATCH: '0.2',
      ASSAY_MLNODE_URL: 'http://me:secret@h:1',
    });
    expect(settings.values).toEqual({ report: 'html', timeout: 60, 'mlnode-url': 'http://me:secret@h:1' });
  });

  it.each([
    ['treshold: 0.4', 'unknown key "treshold"; did you mean threshold?'],
    ['threshold: 4', '/threshold must be <= 1'],
    ['assert: p98<=1', '/assert must be array'],
    ['mlnode-url: "http://me:secret@h:1"', 'set it in the environment as ASSAY_MLNODE_URL'],
    ['- a', 'the top level must be object'],
    ['a: [', 'not YAML'],
  ])('refuses a file with %j', async (text, message) => {
    const path = await fileWith(text);
    const { stderr, exitCode } = await assayHere(['validate', '--config', path, '--print-config']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`assay: ${path}: `);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('secret');
  });

  it.each([
    ['ASSAY_THRESHOLD', '4', 'ASSAY_THRESHOLD: /threshold must be <= 1'],
    ['ASSAY_THRESHOLD', 'high', 'ASSAY_THRESHOLD must be a number'],
    ['ASSAY_STRICT', 'maybe', 'ASSAY_STRICT must be true or false'],
    ['ASSAY_PROBE', 'loud', 'ASSAY_PROBE: /probe must be one of ["queued","wait","whole"]'],
  ])('refuses %s=%s', async (name, value, message) => {
    vi.stubEnv(name, value);
    const { stderr, exitCode } = await assayHere(['validate', '--print-config']);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(1);
  });

  it('tells a variable that was probably meant to be another one', async () => {
    vi.stubEnv('ASSAY_TRESHOLD', '0.4');
    vi.stubEnv('ASSAY_TEST_HOSTS', 'x');
    const { stderr } = await assayHere(['validate', '--print-config']);
    expect(stderr).toContain('ASSAY_TRESHOLD is no setting; did you mean ASSAY_THRESHOLD?');
    expect(stderr).not.toContain('TEST_HOSTS');
  });
});

describe('--print-config', () => {
  it('prints a file that gives the same options again, without passwords', async () => {
    vi.stubEnv('ASSAY_MLNODE_URL', 'http://me:secret@10.0.0.1:8080');
    const first = await assayHere(['validate', '--model', MODEL, '--assert', 'p98<=1', '--print-config']);
    expect(first.stdout).toContain('# ASSAY_MLNODE_URL');
    expect(first.stdout).not.toContain('secret');
    vi.stubEnv('ASSAY_MLNODE_URL', '');
    const path = await fileWith(first.stdout.replace('***@', ''));
    const again = await assayHere(['validate', '--config', path, '--print-config']);
    expect(parse(again.stdout)).toEqual(parse(first.stdout.replace('***@', '')));
    expect(again.exitCode).toBe(0);
    const schema = /\$schema=(.*)/.exec(first.stdout)?.[1] as string;
    const ajv = new Ajv2020({ strict: true });
    expect(ajv.validate(JSON.parse(readFileSync(schema, 'utf8')), parse(first.stdout))).toBe(true);
  });

  it('prints JSON for programs', async () => {
    const { stdout } = await assayHere([
      'accept',
      '--model',
      MODEL,
      '--print-config',
      '--json',
      '--mlnode-url',
      URL,
    ]);
    expect(JSON.parse(stdout)).toContainEqual({ name: 'model', value: MODEL, from: '--model' });
  });
});

describe('a command with a file', () => {
  it('takes its options from there, and says so', async () => {
    const file = await fileWith(`{model: "${MODEL}", mlnode-url: "${URL}", report: nonsense}`);
    const { stderr, exitCode } = await assayHere(['validate', '--config', file]);
    expect(stderr).toContain(`settings: model, mlnode-url, report from ${file}`);
    expect(stderr).toContain('nonsense');
    expect(exitCode).toBe(1);
    const quiet = await assayHere(['validate', '--config', file, '--quiet']);
    expect(quiet.stderr).not.toContain('settings:');
  });

  it('is described by the published schema, which is made from the table', async () => {
    const published = JSON.parse(
      readFileSync(join(packageRoot, 'artifacts/schemas/assay.schema.json'), 'utf8'),
    );
    expect(Object.keys(published.properties)).toEqual(everySetting);
  });
});
