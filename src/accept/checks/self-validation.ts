import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidateReport } from '../../run/report.js';
import { counted } from '../../text/figures.js';
import { validateNode } from '../../validate/validate-node.js';
import { defineCheck } from '../check.js';
import type { CheckOutcome, ImageFinding } from '../model.js';

interface Facts extends Pick<ValidateReport, 'verdict' | 'verdict_reason' | 'error'> {
  /** Its folder. */
  run: string;
  /** About the node. */
  warnings: string[];
  replicas: { port: number | null; total: number; mismatches: number; pValue: number; fraud: boolean }[];
  diagnosis: { code: string; evidence: string; advice: string }[];
}

/** No engine of the node itself can tell: only another node knows the vectors of fresh nonces. */
const STORED =
  'the nonces are in a file, so a node with stored vectors passes as well: cross-device with a --peer asks fresh ones';

export const selfValidationCheck = defineCheck<Facts>({
  name: 'self-validation',
  title: 'Every replica passes against the reference, by the strict rules',
  why: 'The network asks this of a node: on every replica, vectors as near as those of honest nodes.',
  limitSeconds: () => 1_800,
  async gather({ inputs, folder, options, patience, signal, events }) {
    const run = join(folder, 'self-validation');
    // From an interrupted part of this run: the check starts again.
    if (existsSync(run)) rmSync(run, { recursive: true });
    const { report } = await validateNode(
      {
        mlnodeUrl: inputs.mlnodeUrl,
        model: inputs.model,
        reference: inputs.reference,
        thresholds: options.thresholds ?? [],
        expDir: run,
        patience,
        skipDownload: true,
        skipDeploy: true,
        skipThroughput: true,
        coverage: 'every-replica',
        strict: true,
        ...(inputs.startArgs !== null && { nodeArgs: inputs.startArgs }),
        ...(options.expectReplicas !== undefined && { expectReplicas: options.expectReplicas }),
      },
      { events, signal },
    );
    signal.throwIfAborted();
    const { validation } = report;
    return {
      verdict: report.verdict,
      verdict_reason: report.verdict_reason,
      error: report.error,
      run,
      warnings: (report.warning_details ?? []).flatMap(({ about_node, text }) => (about_node ? [text] : [])),
      replicas: (validation?.replicas ?? []).map((one) => ({
        port: one.port,
        total: one.n_total,
        mismatches: one.n_mismatch,
        pValue: one.p_value,
        fraud: one.fraud_detected,
      })),
      diagnosis: validation?.diagnosis ?? [],
    };
  },
  judge({ verdict, verdict_reason, error, warnings, replicas, diagnosis, run }, { peers }) {
    const outcome: CheckOutcome = verdict === 'PASS' ? 'pass' : verdict === 'FAIL' ? 'fail' : 'unknown';
    const advice = diagnosis.find(({ advice }) => advice !== '')?.advice ?? `see ${run}`;
    const node: ImageFinding = {
      replica: null,
      outcome,
      evidence: [
        error ?? verdict_reason,
        ...(outcome !== 'pass' ? warnings : peers.length === 0 ? [STORED] : []),
      ].join('; '),
      ...(outcome !== 'pass' && { advice }),
    };
    return [
      node,
      ...replicas.flatMap(({ port, total, mismatches, fraud }): ImageFinding[] =>
        port === null
          ? []
          : [
              {
                replica: port,
                outcome: fraud ? 'fail' : 'pass',
                evidence: `${mismatches} of ${counted(total, 'nonce')} mismatch`,
              },
            ],
      ),
    ];
  },
});
