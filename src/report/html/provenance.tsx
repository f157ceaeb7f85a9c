import { type ComponentChildren, Fragment } from 'preact';
import { DataTable } from '../../page/data-table.js';
import type { ValidateReport } from '../../run/report.js';
import { STAT_TEST_KEYS } from '../../run/thresholds.js';
import { groupBy } from '../../text/group-by.js';
import { repeatCommand } from '../repeat-command.js';

const MEANINGS = {
  dist_threshold: 'a nonce whose L2 distance is above it is a mismatch',
  tau: 'a nonce some step of which differs, with a margin above it, is a mismatch',
  p_mismatch: 'expected mismatch rate of an honest node',
  fraud_threshold: 'a p-value below this is a FAIL',
} as const;

/** The source of every figure, and how to reproduce it. */
export function Provenance({ report }: { report: ValidateReport }) {
  const { stat_test, reference, poc_params, deploy } = report.config;
  const isDecode = report.validation?.decode !== undefined;
  return (
    <>
      <h2>Thresholds and their sources</h2>
      <div class="panel">
        <DataTable
          caption="The three numbers of the test"
          head={['threshold', 'value', 'from']}
          rows={STAT_TEST_KEYS.map((key) => [
            <Fragment key="name">
              {key} <small>{MEANINGS[isDecode && key === 'dist_threshold' ? 'tau' : key]}</small>
            </Fragment>,
            stat_test.values[key],
            stat_test.source[key],
          ])}
        />
      </div>
      <h2>Inputs</h2>
      <div class="panel inputs">
        <DataTable caption="Inputs of this run" head={['input', 'value']} rows={inputs()} />
      </div>
      <h2>Repeat this run</h2>
      <pre>{repeatCommand(report.config)}</pre>
    </>
  );

  function inputs(): ComponentChildren[][] {
    const rows: ComponentChildren[][] = [
      ['node version', report.preflight?.version ?? 'not known'],
      ['reference', reference.path],
      ['its sha256', <code key="sum">{reference.sha256}</code>],
      ['its vectors', `${reference.n_vectors}${reference.source === null ? '' : `, ${reference.source}`}`],
      ...Object.entries(poc_params)
        .filter(([, value]) => value !== null)
        .map(([key, value]) => [key, String(value)]),
    ];
    if (deploy !== null) {
      rows.push(['dtype', deploy.dtype]);
      rows.push(...bySource(deploy.args).map(([source, args]) => [`arguments (${source})`, code(args)]));
    }
    if (report.deploy !== null) {
      rows.push([
        'deploy',
        [report.deploy.action, report.deploy.note].filter((text) => text !== null).join(': '),
      ]);
      if (report.deploy.running_args !== null) rows.push(['runs with', code(report.deploy.running_args)]);
    }
    return rows;
  }
}

/** Arguments with the same source, together, in their order. */
function bySource(args: { value: string; source: string }[]): [source: string, args: string[]][] {
  const groups = groupBy(args, ({ source }) => source);
  return [...groups].map(([source, group]) => [source, group.map(({ value }) => value)]);
}

function code(args: string[]) {
  return <code>{args.join(' ')}</code>;
}
