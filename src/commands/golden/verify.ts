import { AssayError } from '../../errors.js';
import { loadGoldenByName } from '../../golden/catalog.js';
import { supersededText } from '../../models/superseded.js';
import { counted } from '../../text/figures.js';
import { jsonText } from '../../text/json.js';
import { defineCommand } from '../command.js';
import { textFlag } from '../flags.js';

export const command = defineCommand({
  usage: '<file..>',
  description:
    'Checks reference files and recordings: form, nonces, and every vector. Exit 1 when one is refused.',
  positionals: {
    file: {
      type: 'string',
      array: true,
      demandOption: true,
      description: 'reference files, or names of `golden list`',
    },
  },
  options: {
    model: textFlag('the model of a recording without a model name'),
    json: { type: 'boolean', description: 'print JSON' },
  },
  examples: [
    ['assay golden verify ./my-reference.json', 'before you give it to others'],
    ['assay golden verify moonshotai-kimi-k2.6', 'one of a catalogue'],
    [
      'assay golden verify b200/nonces_1000.json',
      "a recording of the network's scripts, with config.json in the same folder",
    ],
  ],
  async run({ file, model, json }, { terminal }) {
    const results = await Promise.all(file.map((path) => verify(path, model)));
    if (json) terminal.out(jsonText(results));
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

async function verify(text: string, model: string | undefined): Promise<Verified> {
  try {
    const reference = await loadGoldenByName(text, model);
    const { path, nonces, sha256, warnings } = reference;
    const superseded = await supersededText(reference);
    const told = superseded === null ? warnings : [...warnings, superseded];
    return { path, ok: true, vectors: nonces.length, sha256, warnings: told };
  } catch (error) {
    if (error instanceof AssayError) return { path: text, ok: false, error: error.lineWith(undefined) };
    throw error;
  }
}

function lineOf({ path, ok, vectors = 0, sha256, warnings = [], error }: Verified): string {
  if (!ok) return `refused  ${error}`;
  return [
    `good     ${path}: ${counted(vectors, 'vector')}, sha256 ${sha256}`,
    ...warnings.map((text) => `warning  ${path}: ${text}`),
  ].join('\n');
}
