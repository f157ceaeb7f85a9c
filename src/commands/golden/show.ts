import { loadGoldenByName } from '../../golden/catalog.js';
import type { GoldenReference } from '../../golden/reference.js';
import { supersededText } from '../../models/superseded.js';
import { referenceThresholds } from '../../run/reference-thresholds.js';
import { STAT_TEST_KEYS } from '../../run/thresholds.js';
import { schemeOf } from '../../schemes/index.js';
import type { VectorForm } from '../../schemes/scheme.js';
import { renderPairs } from '../../terminal/table.js';
import { counted } from '../../text/figures.js';
import { jsonText } from '../../text/json.js';
import { batchOfReference } from '../../validate/known.js';
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
    const described = describeGolden(found, await referenceThresholds(found.file));
    const shown =
      superseded === null ? described : { ...described, warnings: [...described.warnings, superseded] };
    if (json) {
      terminal.out(jsonText(shown));
      return 0;
    }
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
        ['batch size', batchSize(found.file)],
        ...thresholdRows(shown),
        ['recorded with', (shown.additional_args ?? []).join(' ') || 'not recorded'],
        ['source', shown.source ?? 'not recorded'],
        ...(shown.notes === undefined ? [] : [['notes', shown.notes] as [string, string]]),
        ...shown.warnings.map((warning): [string, string] => ['warning', warning]),
      ]),
    );
    return 0;
  },
});

function thresholdRows({
  stat_test: statTest,
  tolerated_mismatches: tolerated,
  vectors,
  detectable_rate_95: rate,
}: ReturnType<typeof describeGolden>): [string, string][] {
  if (statTest === null)
    return [['thresholds', 'not known for its chains: assay calibrate computes tau, or give --threshold']];
  return [
    ...STAT_TEST_KEYS.map((key): [string, string] => [
      key,
      `${statTest.values[key]} (${statTest.source[key]})`,
    ]),
    [
      'tolerates',
      tolerated === null
        ? 'any number of mismatches'
        : `${counted(tolerated, 'mismatch', 'mismatches')} of ${vectors}`,
    ],
    ['detects', detects(rate)],
  ];
}

function vectorsText({ vectors, ...form }: VectorForm & { vectors: number }): string {
  const scheme = schemeOf(form);
  const length = scheme.rowLength(form);
  return scheme.judgedBy === 'engine'
    ? `${vectors} chains of ${length} steps (scheme ${scheme.name})`
    : `${vectors} of ${length} numbers`;
}

/** The batch that a run asks for, and where it is from. */
function batchSize(file: GoldenReference['file']): string {
  const { batch, isHint } = batchOfReference(file);
  if (batch !== null) return isHint ? `${batch} (named in its text)` : String(batch);
  return file.collection_batch_size === null ? 'none was sent (split at 32)' : 'not recorded (split at 32)';
}

function detects(rate: number | null): string {
  return rate === null
    ? 'nothing'
    : `a true mismatch rate of ${(100 * rate).toFixed(1)} % or more, with 95 % power`;
}
