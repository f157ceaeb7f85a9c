import { AssayError } from '../../errors.js';
import { loadGolden } from '../../golden/load.js';
import { defineCommand } from '../command.js';

export const command = defineCommand({
  usage: '<file..>',
  description: 'Checks reference files: form, nonces, and every vector. Exit 1 when one is refused.',
  positionals: {
    file: { type: 'string', array: true, demandOption: true, description: 'reference files' },
  },
  options: { json: { type: 'boolean', description: 'print JSON' } },
  examples: [['assay golden verify ./my-reference.json', 'before you hand it on']],
  async run({ file, json }, { terminal }) {
    const results = await Promise.all(file.map(verify));
    if (json) terminal.out(JSON.stringify(results, null, 2));
    else for (const result of results) terminal.out(lineOf(result));
    return results.every((result) => result.ok) ? 0 : 1;
  },
});

interface Verified {
  path: string;
  ok: boolean;
  vectors?: number;
  sha256?: string;
  warnings?: string[];
  error?: string;
}

async function verify(path: string): Promise<Verified> {
  try {
    const { nonces, sha256, warnings } = await loadGolden(path);
    return { path, ok: true, vectors: nonces.length, sha256, warnings };
  } catch (error) {
    if (error instanceof AssayError) return { path, ok: false, error: error.message };
    throw error;
  }
}

function lineOf({ path, ok, vectors, sha256, warnings = [], error }: Verified): string {
  if (!ok) return `refused  ${error}`;
  return [
    `good     ${path}: ${vectors} vectors, sha256 ${sha256}`,
    ...warnings.map((text) => `warning  ${path}: ${text}`),
  ].join('\n');
}
