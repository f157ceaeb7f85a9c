import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { keepFile, replaceFile, writeWhole } from '../../src/files/write-whole.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();

test('names the file that was meant when it cannot be written, and no temporary one', async () => {
  const path = temp.path('nowhere/report.html');
  const errors = [
    await writeWhole(path, '').catch(String),
    await keepFile(path, '').catch(String),
    await Promise.resolve()
      .then(() => replaceFile(path, ''))
      .catch(String),
  ];
  mkdirSync(temp.path('folder'));
  errors.push(await keepFile(temp.path('folder'), '').catch(String));
  for (const error of errors) expect(error).not.toContain('.assay-');
  expect(errors[0]).toContain(`cannot write ${path}`);
  expect(errors[3]).toContain(temp.path('folder'));
});
