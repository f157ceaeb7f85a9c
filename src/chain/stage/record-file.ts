import type { ValidateFunction } from 'ajv';
import { AssayError, messageOf } from '../../errors.js';
import { readWhole } from '../../files/read-whole.js';
import { writeWhole } from '../../files/write-whole.js';
import { accept } from '../../schemas/accept.js';
import validateCoefficients from '../../schemas/generated/chain-coefficients.js';
import validateEpochGroup from '../../schemas/generated/chain-epoch-group.js';
import validateParams from '../../schemas/generated/chain-params.js';
import validateCommits from '../../schemas/generated/poc-commits.js';
import validateDistributions from '../../schemas/generated/poc-distributions.js';
import validateRecord from '../../schemas/generated/poc-record.js';
import validateSnapshot from '../../schemas/generated/poc-snapshot.js';
import validateValidations from '../../schemas/generated/poc-validations.js';
import { parseLossless } from '../integer.js';
import type { StageRecord } from './record.js';

/** The header of such a file. */
const KIND = 'assay poc stage';

/** Writes all answers of a stage. */
export async function writeRecordFile(path: string, record: StageRecord): Promise<void> {
  await writeWhole(path, `${JSON.stringify({ kind: KIND, schema_version: 1, ...record }, null, 1)}\n`);
}

/**
 * Reads a stage back. Each answer in it is checked as if it came from the node.
 *
 * @throws AssayError naming the file and the place in it
 */
export async function readRecordFile(path: string): Promise<StageRecord> {
  const record = accept<StageRecord>(validateRecord, await parsed(path), path);
  const { answers, early } = record;
  const check = (validate: ValidateFunction, value: unknown, name: string) =>
    accept(validate, value, `${path}: ${name}`);
  check(validateParams, answers.params, 'answers.params');
  check(validateCommits, answers.commits, 'answers.commits');
  check(validateDistributions, answers.distributions, 'answers.distributions');
  check(validateValidations, answers.validations, 'answers.validations');
  check(validateSnapshot, answers.snapshot, 'answers.snapshot');
  if (answers.coefficients !== null)
    check(validateCoefficients, answers.coefficients, 'answers.coefficients');
  if (answers.group !== null) check(validateEpochGroup, answers.group, 'answers.group');
  for (const [model, group] of Object.entries(answers.model_groups))
    if (group !== null) check(validateEpochGroup, group, `answers.model_groups of ${model}`);
  if (early !== null) check(validateCommits, early.commits, 'early.commits');
  return record;
}

async function parsed(path: string): Promise<unknown> {
  try {
    return parseLossless(String(await readWhole(path)));
  } catch (error) {
    throw new AssayError(`${path}: ${messageOf(error)}`, {
      advice: 'give a file that `assay poc watch` wrote',
    });
  }
}
