import { Counter, Gauge, Registry } from 'prom-client';
import type { FleetNode } from '../fleet/fleet-file.js';
import type { NodeResult } from '../fleet/model.js';
import type { ValidateReport, Verdict } from '../run/report.js';
import { packageVersion } from '../version.js';

const NODE = ['node', 'site', 'model'] as const;
const VERDICTS: readonly Verdict[] = ['PASS', 'FAIL', 'INCOMPLETE', 'SKIPPED'];

/** Metrics of a fleet for Prometheus: the last result of each node, and the state of the watch. */
export interface WatchMetrics {
  registry: Registry;
  /** @param report the whole report, if the node has one */
  observe(result: NodeResult, report: ValidateReport | undefined): void;
  /** A PASS from before the watch began, in milliseconds since 1970. */
  passedBefore(node: FleetNode, at: number): void;
  roundEnded(): void;
  /** @param reason value of the label: why no node may start */
  roundSkipped(reason: string): void;
}

/** Metrics of a fleet, named by the Prometheus conventions: base units, ratios from 0 to 1, times as timestamps. */
export function createMetrics(nodes: FleetNode[], now: () => number = Date.now): WatchMetrics {
  const registry = new Registry();
  const { verdict, figures, states, regressions, throughput, lastRun, lastGood, runs, rounds, skipped } =
    register(registry);
  const replicasOf = new Map<string, string[]>();
  for (const { id, site, model } of nodes) {
    // A node without a PASS has no time of a last PASS; the counter of runs shows that it has none.
    for (const each of VERDICTS) runs.inc({ node: id, site, model, verdict: each }, 0);
  }
  return {
    registry,
    observe(result, report) {
      const labels = { node: result.id, site: result.site, model: result.model };
      for (const each of VERDICTS) verdict.set({ ...labels, verdict: each }, Number(each === result.verdict));
      runs.inc({ ...labels, verdict: result.verdict });
      lastRun.set(labels, now() / 1000);
      if (result.verdict === 'PASS') lastGood.set(labels, now() / 1000);

      // A run without a figure must remove the figure of an earlier run.
      const { n_total: total, n_mismatch: mismatches } = result;
      setOrRemove(figures.mismatch, labels, total && mismatches !== null ? mismatches / total : null);
      setOrRemove(figures.pValue, labels, result.p_value);
      setOrRemove(figures.mean, labels, result.l2_mean);
      setOrRemove(figures.p98, labels, result.l2_p98);
      setStates(states, labels, report);
      setOrRemove(figures.tested, labels, report?.validation?.replicas_tested?.tested ?? null);
      setOrRemove(figures.promised, labels, report?.validation?.replicas_tested?.expected ?? null);
      regressions.set(labels, result.regressions?.length ?? 0);

      // Throughput is measured seldom: the last figures stay until the next ones, or until a run is
      // INCOMPLETE.
      if (report?.throughput === null && report.validation !== null) return;
      const replicas = report?.throughput?.summary.replicas ?? [];
      for (const replica of replicasOf.get(result.id) ?? []) throughput.remove({ ...labels, replica });
      for (const { port, mean } of replicas) throughput.set({ ...labels, replica: String(port) }, mean);
      replicasOf.set(
        result.id,
        replicas.map(({ port }) => String(port)),
      );
    },
    passedBefore: ({ id, site, model }, at) => lastGood.set({ node: id, site, model }, at / 1000),
    roundEnded: () => rounds.inc(),
    roundSkipped: (reason) => skipped.inc({ reason }),
  };
}

/** Every metric by its name. */
function register(registry: Registry) {
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name, help, labelNames, registers });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name, help, labelNames, registers });

  gauge('assay_build_info', 'The version of mlnode-assay.', ['version']).set(
    { version: packageVersion() },
    1,
  );
  const verdict = gauge('assay_node_verdict', 'Verdict of the last run: 1 for the one that holds.', [
    ...NODE,
    'verdict',
  ]);
  const figures = {
    mismatch: gauge('assay_node_mismatch_ratio', 'Mismatches of the last run, of all its nonces.', NODE),
    pValue: gauge('assay_node_p_value', 'P-value of the last run.', NODE),
    mean: gauge('assay_node_l2_distance_mean', 'Mean L2 distance of the last run.', NODE),
    p98: gauge('assay_node_l2_distance_p98', '98th percentile of its L2 distances.', NODE),
    tested: gauge('assay_node_replicas_tested', 'Replicas that the verdict of the last run is about.', NODE),
    promised: gauge('assay_node_replicas_promised', 'Replicas that the node should have.', NODE),
  };
  const states = {
    band: gauge('assay_node_honest_band', 'Distances of the last run: 1 for the state that holds.', [
      ...NODE,
      'state',
    ]),
    drift: gauge(
      'assay_node_drift',
      'The last run compared with the last PASS: 1 for the outcome that holds.',
      [...NODE, 'outcome'],
    ),
  };
  const regressions = gauge('assay_node_regressions', 'Assertions that the last run failed.', NODE);
  const throughput = gauge(
    'assay_replica_throughput_nonces_per_second',
    'Throughput of a replica in the last run that measured it.',
    [...NODE, 'replica'],
  );
  const lastRun = gauge('assay_node_last_run_timestamp_seconds', 'End of the last run.', NODE);
  const lastGood = gauge('assay_node_last_good_run_timestamp_seconds', 'End of the last PASS.', NODE);
  const runs = counter('assay_node_runs_total', 'Runs by verdict.', [...NODE, 'verdict']);
  const rounds = counter('assay_rounds_total', 'Rounds in which every node had its turn.');
  const skipped = counter(
    'assay_rounds_skipped_total',
    'Moments at which nodes were due and none was started.',
    ['reason'],
  );
  return { verdict, figures, states, regressions, throughput, lastRun, lastGood, runs, rounds, skipped };
}

type NodeLabels = Record<(typeof NODE)[number], string>;

function setOrRemove(gauge: Gauge<(typeof NODE)[number]>, labels: NodeLabels, value: number | null): void {
  if (value === null) gauge.remove(labels);
  else gauge.set(labels, value);
}

const BAND_STATES = ['inside', 'outside', 'unknown'] as const;
const DRIFT_OUTCOMES = ['same', 'differs', 'drift', 'explained', 'not_comparable'] as const;

/** A run that measured nothing removes the earlier state. */
function setStates(
  { band, drift }: ReturnType<typeof register>['states'],
  labels: NodeLabels,
  report: ValidateReport | undefined,
): void {
  const distribution = report?.validation?.distribution;
  for (const state of BAND_STATES) {
    if (distribution === undefined) band.remove({ ...labels, state });
    else band.set({ ...labels, state }, Number(state === bandState(distribution)));
  }
  const found = report?.validation?.drift?.outcome;
  for (const outcome of DRIFT_OUTCOMES) {
    if (found === undefined) drift.remove({ ...labels, outcome });
    else drift.set({ ...labels, outcome }, Number(outcome === found));
  }
}

type Distribution = NonNullable<ValidateReport['validation']>['distribution'];

function bandState({ band, far_outside }: Distribution): (typeof BAND_STATES)[number] {
  if (far_outside) return 'outside';
  return band === null ? 'unknown' : 'inside';
}
