import { expect, it } from 'vitest';
import { fileOf } from '../../src/golden/canonical.js';
import { findGolden } from '../../src/golden/catalog.js';
import { assayHere } from '../support/assay.js';
import { head } from '../support/golden.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();

it('golden show says the batch that a run takes, and where it is from', async () => {
  const file = fileOf(head(await findGolden('moonshotai/Kimi-K2.6'), 32));
  const { collection_batch_size: _, ...rest } = file;
  for (const [changes, said] of [
    [{ collection_batch_size: 8 }, /^batch size +8$/m],
    [{ notes: 'two nodes, collection batch 16' }, /^batch size +16 \(named in its text\)$/m],
    [{}, /^batch size +not recorded \(split at 32\)$/m],
  ] as const) {
    const path = await temp.write('reference.json', { ...rest, ...changes });
    expect((await assayHere(['golden', 'show', path])).stdout).toMatch(said);
  }
});
