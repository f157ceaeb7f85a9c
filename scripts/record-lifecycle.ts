// Runs a lifecycle on the simulators and puts what the terminal shows into the READMEs, between two marks.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/paths.js';
import { startBootstrap } from '../test/support/bootstrap.js';

const folder = await mkdtemp(join(tmpdir(), 'assay-recording-'));
const host = await startBootstrap({ folder, mlNodes: [{}, { replicas: ['exact', 'unrelated'] }] });
const { all = '', exitCode } = await host.record('run');
await host.close();
await rm(folder, { recursive: true });

const shown = all
  .replaceAll(`${folder}/`, '')
  .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:9200')
  .replaceAll(/validations\/(\S+)/g, 'host.run/validations/$1')
  .replaceAll('host.run/host.run/', 'host.run/')
  .trimEnd();
const block = `\`\`\`text\n$ assay lifecycle run --file host.yaml\n${shown}\n$ echo $?\n${exitCode}\n\`\`\``;
const marks = /(<!-- recording: lifecycle -->\n)[\s\S]*?(<!-- end of recording -->)/;
for (const name of ['docs/lifecycle.md']) {
  const path = join(packageRoot, name);
  const text = await readFile(path, 'utf8');
  if (!marks.test(text)) throw new Error(`${name} has no marks for the recording`);
  await writeFile(
    path,
    text.replace(marks, (_, begin: string, end: string) => `${begin}\n${block}\n\n${end}`),
  );
}
