import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadGolden } from '../../src/golden/load.js';
import { artifactsFolder } from '../../src/paths.js';
import { vectorsSha256 } from '../../src/schemes/vectors-sha256.js';
import type { MlNodeSimulatorOptions } from '../../src/simulator/mlnode/index.js';
import { rejudge } from '../../src/validate/rejudge.js';
import { readSavedRun } from '../../src/validate/saved-run.js';
import { validateNode } from '../../src/validate/validate-node.js';
import { assayHere } from '../support/assay.js';
import { useTempFolder } from '../support/temp.js';
import { MODEL, reference, simulatedNodes } from './support.js';

const temp = useTempFolder();
const simulate = simulatedNodes();
const sound = () => temp.path('sound.json');
const wrong = () => temp.path('wrong.json');
let runs = 0;

/** The package's reference, and the same with the first of every 16 vectors of other nonces. */
beforeAll(async () => {
  const { path, artifacts } = reference;
  const file = JSON.parse(await readFile(path, 'utf8'));
  const spoilt = (shift: number) =>
    artifacts.map((artifact, row) => ({
      ...artifact,
      ...(row % 16 === 0 && { vector_b64: artifacts[(row + shift) % artifacts.length]?.vector_b64 }),
    }));
  await writeFile(sound(), JSON.stringify(file));
  await writeFile(wrong(), JSON.stringify({ ...file, artifacts: spoilt(5) }));
  await writeFile(temp.path('as-wrong.json'), JSON.stringify({ ...file, artifacts: spoilt(9) }));
});

/** Validates a node, judges it again from its folder, and tells what is said of the heads of batches. */
async function told(
  replicas: MlNodeSimulatorOptions['replicas'],
  options: { reference: string; secondReference?: string; challenge?: { trustedUrl: string } },
) {
  const { url } = await simulate({ replicas });
  const { report, folder } = await validateNode({
    mlnodeUrl: url,
    model: MODEL,
    expDir: temp.path(`run${++runs}`),
    patience: 0.3,
    skipThroughput: true,
    skipSelfCheck: true,
    strict: true,
    ...options,
  });
  const again = rejudge(await readSavedRun(folder), { thresholds: {}, strict: true });
  expect([again.verdict, again.verdict_reason]).toEqual([report.verdict, report.verdict_reason]);
  const diagnosis = report.validation?.diagnosis.find(({ code }) => code === 'heads_of_batches');
  const warning = report.warning_details?.find(({ code }) => code === 'heads_of_batches');
  return { report, side: diagnosis?.side, warning };
}

describe('heads of batches', () => {
  it('are of nobody by one pair alone', async () => {
    const { side, warning, report } = await told(['exact'], { reference: wrong() });
    expect([side, report.verdict]).toEqual([null, 'FAIL']);
    expect(warning?.text).toContain("the node's or the reference's batches");
    expect(warning?.advice).toContain('--second-reference FILE');
  });

  it('are the reference’s where a second one stands with the node, and then no fault of the node', async () => {
    const { side, warning, report } = await told(['exact'], {
      reference: wrong(),
      secondReference: sound(),
    });
    expect([side, report.verdict, warning?.about_node]).toEqual(['reference', 'PASS', false]);
    expect(warning?.text).toMatch(
      /the reference's batches are computed wrongly: \S+sound.json agrees with the node/,
    );
    expect(warning?.advice).toContain('validate with another reference');
  });

  it('are the node’s where the trusted node stands with the reference', async () => {
    const trusted = await simulate({ replicas: ['exact'] });
    const { side, warning, report } = await told(['heads'], {
      reference: sound(),
      challenge: { trustedUrl: trusted.url },
    });
    expect([side, report.verdict]).toEqual(['node', 'FAIL']);
    expect(warning?.text).toContain(`the trusted node ${trusted.url} agrees with the reference`);
    expect(warning?.advice).toMatch(/^serve with gonka-poc 0\.1\.5/);
  });

  it('stay of nobody where the second one shows them, too', async () => {
    const { side } = await told(['exact'], {
      reference: wrong(),
      secondReference: temp.path('as-wrong.json'),
    });
    expect(side).toBeNull();
  });
});

it('are the fault of a reference that a model file supersedes, and which to take is said', async () => {
  const models = temp.path('catalog/models');
  await mkdir(models, { recursive: true });
  const shipped = JSON.parse(
    await readFile(join(artifactsFolder, 'models/moonshotai-kimi-k2.6.json'), 'utf8'),
  );
  const { artifacts } = await loadGolden(wrong());
  const superseded = [
    {
      vectors_sha256: vectorsSha256(artifacts),
      reason: 'recorded by gonka-poc 0.1.4',
      successor: 'sound.json',
    },
  ];
  await writeFile(join(models, 'kimi.json'), JSON.stringify({ ...shipped, superseded }));
  process.env['ASSAY_CATALOG'] = temp.path('catalog');
  try {
    const { side, warning, report } = await told(['exact'], { reference: wrong() });
    // Whatever the official test says: without the heads the node is an honest one.
    expect([side, report.verdict, warning?.about_node]).toEqual(['reference', 'PASS', false]);
    expect(warning?.text).toContain(
      'the reference is at fault: it is superseded (recorded by gonka-poc 0.1.4)',
    );
    expect(warning?.advice).toBe('validate with --reference sound.json');
  } finally {
    delete process.env['ASSAY_CATALOG'];
  }
});

it('refuses a second reference for other inputs, and a second one beside a trusted node', async () => {
  const args = ['validate', '--mlnode-url', 'http://127.0.0.1:9', '--model', MODEL];
  const other = { ...JSON.parse(await readFile(sound(), 'utf8')), block_hash: 'AB' };
  await writeFile(temp.path('other.json'), JSON.stringify(other));
  const refused = await assayHere([...args, '--second-reference', temp.path('other.json')]);
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('of another block_hash')]);
  const itself = await assayHere([...args, '--reference', wrong(), '--second-reference', wrong()]);
  expect(itself.stderr).toContain('it adds nothing');
  const twice = await assayHere([
    ...[...args, '--second-reference', sound()],
    ...['--trusted-url', 'http://127.0.0.1:10'],
  ]);
  expect(twice.stderr).toContain('give one of them');
});
