import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { validateInto } from '../../src/fleet/validate-into.js';
import { lockFolder } from '../../src/journal/folder-lock.js';
import type { ValidateConfig } from '../../src/run/report.js';
import { resolveRun } from '../../src/validate/inputs.js';
import type { ValidateOptions } from '../../src/validate/options.js';
import { startRun } from '../../src/validate/start-run.js';
import { emptyRun } from '../support/run-fixture.js';
import { useTempFolder } from '../support/temp.js';
import { reference } from './support.js';

const temp = useTempFolder();
const limits = { signal: new AbortController().signal, until: Number.POSITIVE_INFINITY };

/** The resolved inputs of a run in a folder. */
async function inputs(expDir: string, ownPublicKey = 'key', more: Partial<ValidateOptions> = {}) {
  const options = {
    mlnodeUrl: 'http://127.0.0.1:1',
    model: reference.file.model,
    expDir,
    ownPublicKey,
    ...more,
  };
  const signal = new AbortController().signal;
  return await resolveRun(options, { signal, until: Number.POSITIVE_INFINITY });
}

/** A report of a finished run. */
const passed = ({ config }: { config: ValidateConfig }) =>
  JSON.stringify({ ...emptyRun().report, config, verdict: 'PASS', exit_code: 0, error: null });

it('lets the loser of a race write nothing', async () => {
  const folder = temp.path('race');
  const racing = await Promise.all(Array.from({ length: 5 }, (_, at) => inputs(folder, `key${at}`)));
  const settled = await Promise.allSettled(racing.map((run) => startRun(run, limits)));
  const winner = settled.findIndex(({ status }) => status === 'fulfilled');
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const config = JSON.parse(await readFile(`${folder}/validate_config.json`, 'utf8'));
  expect(config.own_public_key).toBe(`key${winner}`);
  for (const result of settled) if (result.status === 'fulfilled') await result.value.release();
});

it('takes an unfinished run up only when nobody else works on it, and has not finished it', async () => {
  const folder = temp.path('finished');
  const first = await startRun(await inputs(folder), limits);
  const again = await inputs(folder, 'key', { resume: folder });
  await expect(startRun(again, limits)).rejects.toThrow('is in use');
  await writeFile(`${folder}/validate_report.json`, passed(again));
  await first.release();
  await expect(startRun(again, limits)).rejects.toThrow('is finished: PASS');
});

it("does not take another node's result for a node's own, nor the folder of a run that goes on", async () => {
  const folder = temp.path('theirs');
  await mkdir(folder);
  const theirs = await inputs(folder, 'key', { nodeId: '北京' });
  await writeFile(`${folder}/validate_report.json`, passed(theirs));
  const signal = new AbortController().signal;
  expect((await validateInto(folder, theirs.options, { signal })).verdict).toBe('PASS');
  const ours = { ...theirs.options, nodeId: '上海' };
  await expect(validateInto(folder, ours, { signal })).rejects.toThrow(
    /has the result of 北京 .* not of 上海/,
  );

  const held = temp.path('held');
  const release = await lockFolder(held);
  await expect(validateInto(held, { ...ours, expDir: held }, { signal })).rejects.toThrow('is in use');
  expect(await readdir(held)).toEqual(['lock.json']);
  await release();
});
