import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Observation } from '../../src/run/observation.js';
import type { Run } from '../../src/run/read.js';
import type { ThroughputReport } from '../../src/run/report.js';
import type { JudgeInput } from '../../src/verdict/input.js';
import {
  atDistance,
  gammaDistance,
  goldenVector,
  goldenVectors,
  HONEST,
  INT4,
  judgeInput,
  seededRandom,
  unitVector,
} from './measurements.js';
import { reportOf } from './report.js';

/** How a replica of the fixture computes its vectors. */
export type Kind = 'exact' | 'honest' | 'int4' | 'unrelated' | 'missing';

export interface FixtureOptions {
  /** One a replica, on ports 5001, 5002 … */
  replicas?: Kind[];
  nonces?: number;
  judging?: Partial<JudgeInput>;
}

/**
 * A finished run as the harness would write it: seeded vectors, distances and a verdict by the product's own
 * code, so that figures agree with each other.
 */
export function runFixture({
  replicas = ['honest', 'honest'],
  nonces = 200,
  judging = {},
}: FixtureOptions = {}): Run {
  const random = seededRandom(7);
  const golden = goldenVectors(nonces, random);
  const kindOf = (row: number) => replicas[Math.floor(row / 32) % replicas.length] as Kind;
  const ports = replicas.map((_, index) => 5001 + index);
  const input = judgeInput(golden, (row) => {
    const vector = goldenVector(golden, row);
    const kind = kindOf(row);
    if (kind === 'unrelated') return unitVector(random);
    if (kind === 'exact' || kind === 'missing') return vector;
    const band = kind === 'int4' ? INT4 : HONEST;
    return atDistance(vector, gammaDistance(band.mean, band.sd, random), random);
  });
  const observations = input.observations.map((observation, row): Observation => {
    const measured: Observation = {
      ...observation,
      replica: ports[observation.batch % ports.length] as number,
      request: `${ports[observation.batch % ports.length]}:fixture-${observation.batch}`,
      latency_s: 1.2 + 0.1 * (observation.batch % 3),
    };
    if (kindOf(row) !== 'missing' || row % 8 !== 0) return measured;
    return {
      ...measured,
      vector_b64: null,
      l2: null,
      cosine_distance: null,
      mismatch: true,
      why: 'missing',
    };
  });
  const report = reportOf({ ...input, observations, ...judging });
  return {
    folder: 'runs/validate_moonshotai-kimi-k2.6_node1_2026-09-01_020304',
    observations,
    report: {
      ...report,
      config: {
        ...report.config,
        node_id: 'node1',
        deploy: {
          dtype: 'auto',
          args: ['--tensor-parallel-size', '4'].map((value) => ({ value, source: 'node config' })),
        },
      },
      throughput: throughputOf(ports),
    },
  };
}

function throughputOf(ports: number[]): ThroughputReport {
  const rate = (port: number, interval: number) => 13 + 0.4 * (port - 5001) + 0.3 * Math.sin(interval);
  const intervals = [1, 2, 3, 4, 5, 6];
  const samples = intervals.map((interval) => ({
    t_s: 10 * interval,
    replicas: ports.map((port) => ({ port, nonces_per_second: rate(port, interval) })),
  }));
  const figures = (rates: number[]) => ({
    mean: rates.reduce((sum, value) => sum + value, 0) / rates.length,
    min: Math.min(...rates),
    max: Math.max(...rates),
  });
  return {
    summary: {
      ...figures(intervals.map((interval) => ports.reduce((sum, port) => sum + rate(port, interval), 0))),
      replicas: ports.map((port) => ({
        port,
        ...figures(intervals.map((interval) => rate(port, interval))),
        slow: false,
      })),
    },
    samples,
    elapsed_s: 91,
  };
}

/** What a hostile node may answer wherever it is asked for text. */
export const HOSTILE = `<script>document.title="owned"</script><img src=x onerror="alert(1)">\n::error::owned\n| [x](javascript:alert(1)) \`@everyone\` ]]> \u0000\u0007 "'&`;

/** The run with hostile text in every place that a node fills. */
export function hostileRun(): Run {
  const { report, ...run } = runFixture({ replicas: ['honest', 'unrelated'] });
  const { config, validation, preflight, deploy } = report;
  return {
    ...run,
    report: {
      ...report,
      verdict_reason: `${report.verdict_reason} ${HOSTILE}`,
      warnings: [HOSTILE],
      error: HOSTILE,
      config: { ...config, model: `evil/${HOSTILE}`, node_id: HOSTILE, options: { 'exp-name': HOSTILE } },
      preflight: preflight && { ...preflight, version: HOSTILE, gpus: [{ name: HOSTILE, count: 1 }] },
      deploy: deploy && { ...deploy, note: HOSTILE },
      validation: validation && {
        ...validation,
        node_self_check: {
          n_total: 200,
          n_mismatch: 0,
          mismatch_nonces: [],
          p_value: 1,
          fraud_detected: false,
          agrees: false,
          note: HOSTILE,
        },
        diagnosis: [
          {
            code: 'one_bad_replica',
            message: HOSTILE,
            why_it_matters: HOSTILE,
            evidence: HOSTILE,
            advice: HOSTILE,
          },
        ],
      },
    },
  };
}

/** A run that ended before it measured anything. */
export function emptyRun(): Run {
  const { report, ...run } = runFixture();
  return {
    ...run,
    observations: [],
    report: {
      ...report,
      verdict: 'INCOMPLETE',
      verdict_reason: 'the node could not be reached',
      exit_code: 1,
      preflight: null,
      download: null,
      deploy: null,
      throughput: null,
      validation: null,
      error: 'http://127.0.0.1:8080/health: connection refused',
    },
  };
}

/** Writes a run into a folder as the harness does. */
export function writeRun(folder: string, { report, observations }: Run): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'validate_report.json'), JSON.stringify(report));
  writeFileSync(join(folder, 'validate_config.json'), JSON.stringify(report.config));
  const lines = observations.map((observation) => `${JSON.stringify(observation)}\n`);
  if (lines.length > 0) writeFileSync(join(folder, 'observations.jsonl'), lines.join(''));
  return folder;
}
