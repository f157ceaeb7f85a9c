/**
 * Writes what is known of each model into artifacts/models/: distances computed from public recordings, and
 * figures of the public record (scripts/models/published.ts).
 * Usage: tsx scripts/import-models.ts RECORDINGS GOLDEN [OUT]
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { safeModelName } from '../src/files/names.js';
import { loadGolden } from '../src/golden/load.js';
import { listDeployConfigs, variantOf } from '../src/models/deploy-config.js';
import { modelsFolder } from '../src/models/load.js';
import { modelFileOf } from './models/compose.js';
import { PUBLISHED } from './models/published.js';
import { readRecordings } from './models/recordings.js';

const [recordingsFolder, goldenFolder, out = modelsFolder] = process.argv.slice(2);
if (recordingsFolder === undefined || goldenFolder === undefined) {
  console.error('usage: tsx scripts/import-models.ts RECORDINGS GOLDEN [OUT]');
  process.exit(1);
}
const recordings = await readRecordings(recordingsFolder);
const goldens = new Map<string, Awaited<ReturnType<typeof loadGolden>>>();
for (const name of (await readdir(goldenFolder)).filter((one) => one.endsWith('.json')).sort()) {
  goldens.set(name, await loadGolden(join(goldenFolder, name)));
}
await mkdir(out, { recursive: true });
for (const published of PUBLISHED) {
  const configs = (await listDeployConfigs()).flatMap((each) =>
    'config' in each && !each.isOwn && each.config.model === published.model
      ? [{ name: each.name, gpu: each.config.gpu, variant: variantOf(each.config) }]
      : [],
  );
  const file = { ...modelFileOf(published, recordings, goldens), ...(configs.length > 0 && { configs }) };
  const target = join(out, `${safeModelName(published.model)}.json`);
  await writeFile(
    target,
    `${JSON.stringify({ $schema: '../schemas/model.schema.json', ...file }, null, 2)}\n`,
  );
  console.log(
    `${target}: ${file.honest.length} honest pairs, ${file.other_weights.length} other weights, limit ${file.limit?.mean.toFixed(4) ?? 'none'}`,
  );
}
