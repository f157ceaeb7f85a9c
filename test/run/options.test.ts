import { describe, expect, it } from 'vitest';
import { command as fleetValidate } from '../../src/commands/fleet/validate.js';
import { type ValidateFlagValues, validationsOf } from '../../src/commands/validate/inputs.js';
import { command as validate } from '../../src/commands/validate/validate.js';
import { withoutUserinfo } from '../../src/fleet/queue/credentials.js';
import { acceptJob, PROTOCOL } from '../../src/fleet/queue/job.js';
import { repeatCommand } from '../../src/report/repeat-command.js';
import { keyOf, OPTION_GROUPS, validateOptions } from '../../src/run/options.js';
import type { ValidateOptions } from '../../src/validate/options.js';
import { runFixture } from '../support/run-fixture.js';

const names = validateOptions.map(([name]) => name);
const namesOf = (isWanted: (row: (typeof validateOptions)[number][1]) => boolean) =>
  validateOptions.filter(([, row]) => isWanted(row)).map(([name]) => name);

/** A value that the flag takes. */
function sample([name, { type, choices, range }]: (typeof validateOptions)[number]): unknown {
  if (name === 'model') return 'moonshotai/Kimi-K2.6';
  if (name === 'gpu') return 'B200';
  if (name === 'assert') return ['p98<=0.5'];
  if (name === 'variant') return 'default';
  if (/url$|^node$/.test(name)) return `http://me:secret@10.0.0.${name.length}:8080`;
  if (type === 'choice') return choices?.at(-1);
  if (type === 'number') return range?.integer === true ? 8 : 0.5;
  return type === 'switch' ? true : type === 'texts' ? ['--x'] : 'text';
}

/** Those that fit together, all given. */
const given = Object.fromEntries(
  validateOptions
    .filter(
      ([name]) =>
        !/^(node-config|node-id|reach|reference|thresholds|resume|deploy-args.*|(own-)?baseline|max-p98-.*|max-thr.*)$/.test(
          name,
        ),
    )
    .map((row) => [keyOf(row[0]), sample(row)]),
);

const job = (options: object) => ({
  protocol: PROTOCOL,
  assay_version: '0',
  fleet_id: '00000000-0000-4000-8000-000000000000',
  node_id: 'node1',
  reference_sha256: 'a'.repeat(64),
  network_node: 'http://me:secret@10.0.0.9:8000',
  options: { ownPublicKey: 'own', nodeId: 'node1', ...options },
});

function at(value: unknown, place: string): unknown {
  return place.split('.').reduce((part, key) => (part as Record<string, unknown> | undefined)?.[key], value);
}

describe('the table of options', () => {
  it('has every flag of assay validate', () => {
    expect(Object.keys(validate.options).sort()).toEqual([...names].sort());
  });

  it('gives every flag its heading in --help', () => {
    const headings: unknown[] = Object.values(OPTION_GROUPS);
    for (const flag of Object.values(validate.options)) expect(headings).toContain(flag.group);
    expect(validate.groups).toEqual(headings);
  });

  it('says which flags a fleet has for all its nodes', () => {
    const flags = Object.keys(fleetValidate.options);
    expect(flags).toEqual(expect.arrayContaining(namesOf(({ fleet }) => fleet === 'all')));
    for (const name of namesOf(({ fleet }) => fleet === 'node')) expect(flags).not.toContain(name);
  });

  it('says where each option is in the options of a run, and so in a job', async () => {
    const [options] = await validationsOf(given as ValidateFlagValues);
    const {
      expDir: _dir,
      expName: _name,
      weightGuard: _guard,
      registered: _registered,
      listedArgs: _listedArgs,
      secondReference: _second,
      ...travelling
    } = options as ValidateOptions;
    const accepted = acceptJob(job(JSON.parse(JSON.stringify(travelling))));
    const missing = validateOptions.filter(
      ([, { travels }]) => travels !== null && at(accepted, travels) === undefined,
    );
    expect(missing.map(([name]) => name)).toEqual([]);
  });

  it('finds a place in a job for every field of the options but those that stay', () => {
    const all: { [field in keyof Required<ValidateOptions>]: unknown } = {
      mlnodeUrl: 'http://h:1',
      unknownNameAdvice: 'advice',
      model: 'm',
      nodeId: 'n',
      reference: undefined,
      secondReference: undefined,
      thresholds: [{ source: 'reference', values: { dist_threshold: 0.4 } }],
      challenge: { n: 2, trustedUrl: 'http://h:2', seed: 's' },
      expDir: undefined,
      expName: undefined,
      resume: undefined,
      timeoutSeconds: 1,
      patience: 1,
      waitReadySeconds: 1,
      stopForeign: true,
      served: { args: ['--trust-remote-code'] },
      servedAs: 'name',
      registered: undefined,
      listedArgs: undefined,
      skipDownload: true,
      downloadTimeoutSeconds: 1,
      skipDeploy: true,
      deployArgs: [{ value: 'v', source: 's' }],
      dtype: 'auto',
      deployTimeoutSeconds: 1,
      skipThroughput: true,
      warmupSeconds: 1,
      measureSeconds: 1,
      sampleIntervalSeconds: 1,
      batchSize: 1,
      weightGuard: undefined,
      skipValidate: true,
      validationTimeoutSeconds: 1,
      validationBatchSize: 1,
      probe: 'queued',
      coverage: 'spread',
      expectReplicas: 2,
      nodeArgs: ['-tp', '4'],
      pocMarginBlocks: 20,
      skipSelfCheck: true,
      selfCheck: 'full',
      strict: true,
      ownPublicKey: 'own',
      ownPublicKeys: ['older'],
      recordedOptions: {},
      assertions: [{ metric: 'p98', operator: '<=', bound: 0.5, source: '--assert' }],
      ownBaseline: undefined,
    };
    expect(() => acceptJob(JSON.parse(JSON.stringify(job(all))))).not.toThrow();
    expect(() => acceptJob(job({ mlnodeUrl: 'http://h:1', model: 'm', other: 1 }))).toThrow('other');
    expect(() => acceptJob(job({ mlnodeUrl: 'http://h:1', model: 'm', probe: 'loud' }))).toThrow('probe');
  });

  it('takes the credentials out of every URL that travels', async () => {
    const [options] = await validationsOf(given as ValidateFlagValues);
    const { mlnodeUrl, challenge, model } = options as ValidateOptions;
    expect(JSON.stringify(withoutUserinfo(job({ mlnodeUrl, challenge, model })))).not.toContain('secret');
    const places = namesOf(({ isUrl, travels }) => isUrl && travels !== null);
    expect(places).toEqual(['mlnode-url', 'node', 'trusted-url']);
  });

  it('repeats a run with every option that makes it what it was', () => {
    const { config } = runFixture().report;
    const options = Object.fromEntries(
      validateOptions.map((row) => [
        keyOf(row[0]),
        row[0] === 'self-check' || row[1].default === true ? false : sample(row),
      ]),
    );
    const { values } = config.stat_test;
    const source = { dist_threshold: 'chain', p_mismatch: 'chain', fraud_threshold: 'chain' };
    const given = { ...options, variant: 'guide' };
    const words = repeatCommand({ ...config, stat_test: { values, source }, options: given });
    const said = names.filter((name) => new RegExp(`--(no-)?${name}(=|\\s|$)`, 'm').test(words));
    // The node config names the node.
    expect(said).toEqual(namesOf(({ repeat }) => repeat !== 'never').filter((name) => name !== 'mlnode-url'));
  });
});
