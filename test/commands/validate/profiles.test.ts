import { describe, expect, it } from 'vitest';
import type { ValidateReport } from '../../../src/run/report.js';
import { accept } from '../../../src/schemas/accept.js';
import validateReportFile from '../../../src/schemas/generated/validate-report.js';
import { type ProfileName, startMlNodeSimulator } from '../../../src/simulator/mlnode/index.js';
import { kimi } from '../../simulator/mlnode/support.js';
import { assay } from '../../support/assay.js';
import { useTempFolder } from '../../support/temp.js';

const temp = useTempFolder();
const MODEL = 'moonshotai/Kimi-K2.6';

/** Runs the command against a simulated node of these replicas, and reads its report from stdout. */
async function validate(name: string, replicas: ProfileName[], ...flags: string[]) {
  const simulator = await startMlNodeSimulator({ replicas, golden: kimi, model: MODEL, batchTimeMs: 5 });
  try {
    const { stdout, exitCode } = await assay([
      'validate',
      ...['--mlnode-url', simulator.url, '--model', MODEL, '--skip-throughput', '--quiet', '--json'],
      ...['--exp-dir', temp.path(name), ...flags],
    ]);
    return { exitCode, report: accept<ValidateReport>(validateReportFile, JSON.parse(stdout), 'stdout') };
  } finally {
    await simulator.close();
  }
}

describe('assay validate, told by its verdict and diagnosis', () => {
  it.each<[ProfileName[], number, string[]]>([
    [['exact', 'exact'], 0, ['bit_exact']],
    [['honest', 'honest'], 0, ['honest_cross_hardware']],
    [['slow', 'honest'], 0, ['honest_cross_hardware']],
    [['memorised', 'memorised'], 0, ['bit_exact']],
    [['batch-sensitive', 'batch-sensitive'], 0, ['bit_exact']],
    [['heads', 'heads'], 0, ['heads_of_batches', 'honest_cross_hardware']],
    [['unrelated', 'unrelated'], 2, ['unrelated_vectors']],
    [['honest', 'unrelated'], 2, ['one_bad_replica', 'unrelated_vectors']],
    [['nan', 'nan'], 2, ['non_finite']],
    [['dropping', 'dropping'], 2, ['left_out_nonces']],
    [['wrong-dimension', 'wrong-dimension'], 2, ['wrong_dimension']],
    [['swapped-bytes', 'swapped-bytes'], 2, ['byte_order_or_dtype', 'self_report_contradicts']],
    [['decode-only', 'decode-only'], 2, ['decode_only_build']],
    [['lying', 'lying'], 2, ['unrelated_vectors', 'self_report_contradicts']],
  ])('of replicas %j: exit %i, %j', async (replicas, code, codes) => {
    const { exitCode, report } = await validate(replicas.join('-'), replicas);
    expect(report.validation?.diagnosis.map((diagnosis) => diagnosis.code)).toEqual(codes);
    expect({ exitCode, verdict: report.verdict }).toEqual({
      exitCode: code,
      verdict: code === 0 ? 'PASS' : 'FAIL',
    });
    expect(report.exit_code).toBe(code);
    expect(report.validation?.unanswered_nonces).toEqual([]);
  });

  it('warns of wrong heads of batches, and fails them when strict', async () => {
    const lenient = await validate('heads-lenient', ['heads', 'heads']);
    expect(lenient.report.warnings[0]).toContain('the first of every 16 is wrong; without them');
    const strict = await validate('heads-strict', ['heads', 'heads'], '--strict');
    expect(strict.exitCode).toBe(2);
    expect(strict.report.verdict_reason).toMatch(/^strict: .*the official test passes/);
  });

  it('is judged again to the same report', async () => {
    const { report, exitCode } = await validate('again', ['honest', 'unrelated']);
    const again = await assay(['judge', temp.path('again'), '--json']);
    expect(again.exitCode).toBe(exitCode);
    expect(JSON.parse(again.stdout)).toEqual(report);
  });
});
