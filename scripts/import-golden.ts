/**
 * Writes the public golden references into artifacts/golden/ in the canonical form, with their provenance.
 * Usage: tsx scripts/import-golden.ts FOLDER
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalGolden } from '../src/golden/canonical.js';
import { goldenFolder } from '../src/golden/catalog.js';
import { checkGolden } from '../src/golden/load.js';
import type { GoldenFile, Provenance } from '../src/golden/reference.js';

const PUBLISHED_BY = 'Gonka, public validation artifacts';

interface Recording extends Pick<Provenance, 'hardware' | 'build'> {
  /** What a user should know of it, in our words. */
  notes?: string;
}

/** What the publishers say of each recording, in figures. */
const RECORDINGS: Record<string, Recording> = {
  'deepseek-ai-deepseek-v4-flash-0731.json': {
    hardware: '1×B300',
    build: 'vLLM 0.25.1, MLNode 3.0.14-post2, tensor parallel 1',
  },
  'minimaxai-minimax-m2.7.json': {
    hardware: '2×H200',
    build: 'vLLM, FLASHINFER attention, fp8 KV cache, tensor parallel 2',
  },
  'moonshotai-kimi-k2.6.json': {
    hardware: '4×B200',
    build: 'vLLM, FLASHINFER_MLA, tensor parallel 4',
  },
  'qwen-qwen3-0.6b.json': {
    hardware: '1×RTX 5060 Ti',
    build: 'vLLM 3.0.13',
  },
  'qwen-qwen3-235b-a22b-instruct-2507-fp8.json': {
    build: 'vLLM, FLASHINFER attention, tensor parallel 4',
  },
  'qwen-qwen3-235b-a22b-instruct-2507-fp8-deepgemm.json': {
    hardware: '4×B200',
    build: 'vLLM, DeepGEMM FP8 MoE, tensor parallel 2, no expert parallel',
  },
  'qwen-qwen3-32b-fp8.json': { build: 'sequence length 128' },
  'zai-org-glm-5.3-flash-h100-tp8.json': {
    hardware: '8×H100 PCIe',
    build: 'vLLM 0.28.0.dev0, gonka-poc 0.1.6, tensor parallel 8, batch 8',
    notes:
      'Recorded at batch 8, the default batch of a node with 8×H100. The same machine repeats it: 0 of 200 nonces mismatch there.',
  },
};

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: tsx scripts/import-golden.ts FOLDER (of the published reference files)');
  process.exit(1);
}
await mkdir(goldenFolder, { recursive: true });
for (const [name, { notes, ...recording }] of Object.entries(RECORDINGS)) {
  const { notes: _prose, ...published } = JSON.parse(
    await readFile(join(folder, name), 'utf8'),
  ) as GoldenFile;
  checkGolden(published, name, '');
  const provenance: Provenance = {
    source: PUBLISHED_BY,
    ...recording,
    ...(published.generated_at !== undefined && { recorded_at: published.generated_at }),
    imported_from: name,
    vector_count: published.artifacts.length,
  };
  const source = [PUBLISHED_BY, recording.hardware, recording.build].filter(Boolean).join('; ');
  const target = join(goldenFolder, name);
  const file = { ...published, source, ...(notes !== undefined && { notes }), provenance };
  await writeFile(target, canonicalGolden(file));
  console.log(`${target}: ${published.artifacts.length} vectors`);
}
