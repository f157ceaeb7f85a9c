import { describe, expect, it } from 'vitest';
import type { ValidateFlagValues } from '../../../src/commands/validate/inputs.js';
import { flagsOfRun } from '../../../src/commands/validate/resume.js';
import { writeRunFolder } from '../../support/run-folder.js';
import { useTempFolder } from '../../support/temp.js';

const temp = useTempFolder();
/** As the parser gives what is not on the command line. */
const DEFAULTS = { probe: 'queued', coverage: 'spread', validationTimeout: 900, thresholds: 'reference' };

/** The flags of a run that was started with some and is taken up with others. */
async function resumed(before: object, given: object) {
  const options = { ...DEFAULTS, model: 'test/model', ...before };
  const folder = await writeRunFolder(temp.path('run'), [], { options });
  return flagsOfRun({ ...DEFAULTS, ...given } as ValidateFlagValues, folder);
}

describe('the flags of a run that is taken up', () => {
  it('are those that it was started with', async () => {
    const before = { probe: 'wait', threshold: 0.3, validationTimeout: 60, strict: true };
    expect(await resumed(before, {})).toMatchObject({
      ...before,
      model: 'test/model',
      mlnodeUrl: 'http://127.0.0.1:8080',
    });
  });

  it.each([
    ['--model', { model: 'other/model' }],
    ['--mlnode-url', { mlnodeUrl: 'http://127.0.0.1:8081' }],
    ['--reference', { reference: 'other.json' }],
    ['--threshold', { threshold: 0.2 }],
    ['--p-mismatch', { pMismatch: 0.2 }],
    ['--fraud-threshold', { fraudThreshold: 0.2 }],
    ['--probe', { probe: 'wait' }],
    ['--coverage', { coverage: 'every-replica' }],
    ['--validation-batch-size', { validationBatchSize: 16 }],
    ['--challenge', { challenge: 5 }],
    ['--strict', { strict: true }],
    ['--exp-dir', { expDir: temp.path('elsewhere') }],
  ])('refuse another %s, by name', async (name, given) => {
    await expect(resumed({}, given)).rejects.toThrow(new RegExp(`^${name} .* the run in`));
  });

  it('ask again for the password of a URL, which is not kept, whichever option has it', async () => {
    const node = 'http://me:secret@10.0.0.1:8000';
    const before = { node: 'http://***@10.0.0.1:8000' };
    await expect(resumed(before, {})).rejects.toMatchObject({
      message: expect.stringContaining('had a password for http://***@10.0.0.1:8000'),
      advice: 'give --node with it again',
    });
    expect(await resumed(before, { node })).toMatchObject({ node });
    await expect(resumed(before, { node: 'http://me:secret@10.0.0.2:8000' })).rejects.toThrow(
      '--node differs',
    );
  });

  it('have the default where a run of an older version recorded none', async () => {
    expect(await resumed({}, {})).toMatchObject({ variant: 'default', measureSeconds: 60 });
  });

  it('take the same again, and other limits', async () => {
    const before = { threshold: 0.3, validationTimeout: 60 };
    const given = { threshold: 0.3, validationTimeout: 600, timeout: 5, stopForeign: true };
    expect(await resumed(before, given)).toMatchObject(given);
  });
});
