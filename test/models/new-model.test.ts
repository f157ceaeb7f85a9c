import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CATALOG_VARIABLE } from '../../src/files/catalog.js';
import { canonicalGolden, fileOf } from '../../src/golden/canonical.js';
import { findGolden } from '../../src/golden/catalog.js';
import { checkGolden } from '../../src/golden/load.js';
import { assayHere } from '../support/assay.js';
import { type Bootstrap, startBootstrap } from '../support/bootstrap.js';
import { head } from '../support/golden.js';
import { KIMI, QWEN } from '../support/site.js';
import { useTempFolder } from '../support/temp.js';

/** A model that appears after assay was made: everything that is known of it is in two files of the user's. */
const MODEL = 'acme/Tomorrow-1T';
const REVISION = 'a'.repeat(40);
const ARGS = ['--revision', REVISION, '--tensor-parallel-size', '4', '--some-new-flag'];
const { provenance: _provenance, ...known } = fileOf(head(await findGolden(KIMI), 32));
const file = { ...known, model: MODEL, block_hash: 'TOMORROW', source: 'recorded on 4xH100, tp=4' };
const golden = checkGolden(file, 'tomorrow', '');
// As its makers publish it, with a field that this version does not know.
const published = [
  {
    ...{ id: 'node1', host: 'inference', inference_port: 5000, poc_port: 8080, max_concurrent: 500 },
    models: { [MODEL]: { args: ARGS, dtype: 'bfloat16' } },
  },
];

const temp = useTempFolder();
let bootstrap: Bootstrap | undefined;
afterEach(async () => {
  await bootstrap?.close();
  bootstrap = undefined;
  delete process.env[CATALOG_VARIABLE];
});

const assay = (...argv: string[]) => assayHere(argv);

/** A host whose two nodes serve another model, with the two files beside its host file. */
async function start(name: string, host: Record<string, unknown>, gpu?: string) {
  const folder = temp.path(name);
  bootstrap = await startBootstrap({
    folder,
    model: MODEL,
    chain: { models: [{ modelId: QWEN, active: true }, { modelId: MODEL }] },
    mlNodes: [
      { golden, hasAllWeights: true, gpuName: 'NVIDIA H100 80GB HBM3' },
      { golden, hasAllWeights: true },
    ],
    hostNodes: [0, 1].map(() => ({ gpu })),
    host,
  });
  await temp.write(join(name, 'golden.json'), JSON.parse(canonicalGolden(file)));
  await temp.write(join(name, 'nodes.json'), published);
  return bootstrap;
}

function expectServed({ net, nodes, served }: Bootstrap) {
  expect(served()).toEqual([MODEL, MODEL]);
  expect(nodes.map(({ running }) => running?.args)).toEqual([ARGS, ARGS]);
  for (const { node } of net.broker.nodes.values()) {
    expect(node.host).toBe('127.0.0.1');
    expect(node.models).toEqual({ [MODEL]: { args: ARGS, dtype: 'bfloat16' } });
  }
}

describe('a model that appears tomorrow goes through a whole lifecycle', () => {
  it('from files that host.yaml names', async () => {
    const host = await start('named', { node_config: 'nodes.json', reference: 'golden.json' });
    const { exitCode, stdout, stderr } = await assay('lifecycle', 'run', '--file', host.file, '--yes');
    expect([exitCode, stderr.split('\n').at(-1)]).toEqual([0, expect.anything()]);
    expect(stdout).toMatch(/^outcome +validated$/m);
    expect(stderr).toContain(`${MODEL} (commit ${REVISION.slice(0, 7)} from --revision) is downloaded`);
    expectServed(host);
  });

  it('from a catalogue of the user alone', async () => {
    const host = await start('catalogue', {}, 'H100');
    const files = ['golden.json', 'nodes.json'].map((each) => join(host.folder, each));
    const catalog = ['--catalog', temp.path('own-catalogue')];
    expect(await assay('catalog', 'add', ...files, '--gpu', 'NVIDIA H100', ...catalog)).toMatchObject({
      exitCode: 0,
    });
    const listed = await assay('golden', 'list', ...catalog);
    expect(listed.stdout).toMatch(/^golden +acme\/Tomorrow-1T +4×H100, TP4 .*yours/m);
    const run = await assay('lifecycle', 'run', '--file', host.file, '--yes', ...catalog);
    expect([run.exitCode, run.stderr.split('\n').at(-1)]).toEqual([0, expect.anything()]);
    expectServed(host);
  });

  it('not without a reference: that is said before anything is sent', async () => {
    const host = await start('none', { node_config: 'nodes.json' });
    const { exitCode, stderr } = await assay('lifecycle', 'run', '--file', host.file, '--yes');
    expect([exitCode, stderr.split('\n').at(-1)]).toEqual([
      1,
      expect.stringMatching(/nothing was done: no reference for model acme\/Tomorrow-1T.*`reference:`/),
    ]);
    expect(host.sent()).toBe(0);
  });
});
