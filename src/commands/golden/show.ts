import { loadGoldenByName } from '../../golden/catalog.js';
import { supersededText } from '../../models/superseded.js';
import { schemeOf } from '../../schemes/index.js';
import type { VectorForm } from '../../schemes/scheme.js';
import { renderPairs } from '../../terminal/table.js';
import { defineCommand } from '../command.js';
import { describeGolden } from './description.js';

export const command = defineCommand({
  usage: '<reference>',
  description: 'Shows a reference: its parameters, thresholds, and what a check against it can detect.',
  positionals: {
    reference: {
      type: 'string',
      demandOption: true,
      description: 'a name of `golden list`, a model id or a file',
    },
  },
  options: { json: { type: 'boolean', description: 'print JSON' } },
  examples: [
    ['assay golden show moonshotai/Kimi-K2.6', 'the default reference of a model'],
    ['assay golden show zai-org-glm-5.3-flash-h100-tp8', 'by its name in `assay golden list`'],
    ['assay golden show ./my-reference.json --json', 'your own file, for a program'],
  ],
  async run({ reference, json }, { terminal }) {
    const found = await loadGoldenByName(reference);
    const superseded = await supersededText(found);
    const described = describeGolden(found);
    const shown =
      superseded === null ? described : { ...described, warnings: [...described.warnings, superseded] };
    if (json) {
      terminal.out(JSON.stringify(shown, null, 2));
      return 0;
    }
    const { values, source } = shown.stat_test;
    const threshold = (key: keyof typeof values) => `${values[key]} (${source[key]})`;
    const tolerated = shown.tolerated_mismatches;
    terminal.out(
      renderPairs([
        ['model', shown.model],
        ['file', shown.path],
        ['sha256', shown.sha256],
        ['recorded on', shown.recorded_on.text],
        ['vectors', vectorsText(shown)],
        ['seq_len', String(shown.seq_len)],
        ['block_hash', shown.block_hash],
        ['public_key', shown.public_key],
        ['batch size', batchSize(shown.collection_batch_size)],
        ['dist_threshold', threshold('dist_threshold')],
        ['p_mismatch', threshold('p_mismatch')],
        ['fraud_threshold', threshold('fraud_threshold')],
        [
          'tolerates',
          tolerated === null ? 'any number of mismatches' : `${tolerated} mismatches of ${shown.vectors}`,
        ],
        ['detects', detects(shown.detectable_rate_95)],
        ['recorded with', (shown.additional_args ?? []).join(' ') || 'not recorded'],
        ['source', shown.source ?? 'not recorded'],
        ...(shown.notes === undefined ? [] : [['notes', shown.notes] as [string, string]]),
        ...shown.warnings.map((warning): [string, string] => ['warning', warning]),
      ]),
    );
    return 0;
  },
});

function vectorsText({ vectors, ...form }: VectorForm & { vectors: number }): string {
  const scheme = schemeOf(form);
  const length = scheme.rowLength(form);
  return scheme.judgedBy === 'engine'
    ? `${vectors} chains of ${length} steps (scheme ${scheme.name})`
    : `${vectors} of ${length} numbers`;
}

function batchSize(size: number | null | undefined): string {
  if (size === undefined) return 'not recorded (split at 32)';
  return size === null ? 'none was sent (split at 32)' : String(size);
}

function detects(rate: number | null): string {
  return rate === null
    ? 'nothing'
    : `a true mismatch rate of ${(100 * rate).toFixed(1)} % or more, with 95 % power`;
}
