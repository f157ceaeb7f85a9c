import { DataTable } from '../../page/data-table.js';
import { renderDocument } from '../../page/document.js';
import { Figure } from '../../page/figure.js';
import { Warnings } from '../../page/warnings.js';
import { distanceText, durationText, momentText, pValueText } from '../../text/figures.js';
import type { AcceptReport, ImageCheckResult, PairFigure } from '../model.js';
import { memoryText } from '../text.js';
import { type Course, coursesOf, memoryChart, rateChart } from './charts.js';
import { type Cell, cellText, matrixOf } from './matrix.js';

/** An acceptance as one self-contained page: the matrix of checks and replicas, then each check. */
export function renderAcceptPage(report: AcceptReport): string {
  const { verdict, verdict_reason, model, mlnode_url, node, checks, warnings } = report;
  return renderDocument(
    `${verdict}: ${model}`,
    <>
      <header class={verdict}>
        <h1>
          <span class="verdict">{verdict}</span>
          {model}
        </h1>
        <p class="reason">{verdict_reason}</p>
        <p class="meta">
          {mlnode_url}, {momentText(report.timestamp)}, {durationText(report.elapsed_s)}; node{' '}
          {node.version ?? 'not known'}, vLLM {node.vllm ?? 'not known'}, driver {node.driver ?? 'not known'},{' '}
          {node.hardware ?? 'GPUs not known'}; assay {report.harness_version}
        </p>
        <Warnings texts={warnings} />
      </header>
      <main>
        <h2>Checks</h2>
        <MatrixTable report={report} />
        {checks.map((result) => (
          <CheckSection key={result.check} result={result} />
        ))}
      </main>
    </>,
  );
}

function MatrixTable({ report }: { report: AcceptReport }) {
  const { ports, rows } = matrixOf(report);
  return (
    <div class="panel">
      <DataTable
        caption="Each check for the node and for each replica, by port"
        head={['check', 'node', ...ports.map(String), 'time']}
        rows={rows.map(({ result, node, replicas }) => [
          result.check,
          <CellMark key="node" cell={node} />,
          ...replicas.map((cell, at) => <CellMark key={at} cell={cell} />),
          result.outcome === 'skipped' ? '' : durationText(result.elapsed_s),
        ])}
      />
    </div>
  );
}

const CLASSES = { pass: 'good', fail: 'bad', unknown: 'warn', skipped: '' } as const;

function CellMark({ cell }: { cell: Cell }) {
  return <span class={cell === null ? '' : CLASSES[cell]}>{cellText(cell)}</span>;
}

function CheckSection({ result }: { result: ImageCheckResult }) {
  const { check, title, why, outcome, reason, findings, figures } = result;
  const { pairs = [] } = figures;
  return (
    <>
      <h2>
        {check}: {title}
      </h2>
      <p>{why}</p>
      {reason !== null && (
        <p>
          {outcome === 'skipped' ? 'Not run' : 'Not known'}: {reason}
        </p>
      )}
      {findings.length > 0 && (
        <div class="panel inputs">
          <DataTable
            caption={`What ${check} found`}
            head={['about', 'outcome', 'evidence', 'what to do']}
            rows={findings.map(({ replica, outcome: own, evidence, advice }) => [
              replica === null ? 'node' : `replica ${replica}`,
              <CellMark key="outcome" cell={own} />,
              evidence,
              advice ?? '',
            ])}
          />
        </div>
      )}
      {coursesOf(figures).map((course) => (
        <CourseFigures key={course.axis} check={check} course={course} />
      ))}
      {pairs.length > 0 && <PairTable pairs={pairs} />}
    </>
  );
}

const TITLES: Record<Course['axis'], [rate: string, memory: string]> = {
  'PoC cycle': ['Rate over the cycles', 'GPU memory over the cycles'],
  seconds: ['Rate over the time of one PoC', 'GPU memory over the time of one PoC'],
};

function CourseFigures({ check, course }: { check: string; course: Course }) {
  const [rate, memory] = TITLES[course.axis];
  return (
    <>
      <div class="pair">
        <Figure title={rate} label={`${check}: ${rate}`} svg={rateChart(course)} />
        <Figure title={memory} label={`${check}: ${memory}`} svg={memoryChart(course)} />
      </div>
      <CourseTable check={check} course={course} />
    </>
  );
}

function CourseTable({ check, course: { axis, steps } }: { check: string; course: Course }) {
  const ports = [...new Set(steps.flatMap(({ rates }) => rates.map(({ port }) => port)))];
  return (
    <div class="panel">
      <DataTable
        caption={`${check}: nonces per second of each replica, and GPU memory in use`}
        head={[axis, ...ports.map(String), 'GPU memory']}
        rows={steps.map(({ at, rates, memoryMb }) => [
          String(Number(at.toPrecision(3))),
          ...ports.map((port) => {
            const rate = rates.find((one) => one.port === port)?.perSecond ?? null;
            return rate === null ? 'not measured' : rate.toFixed(1);
          }),
          memoryText(memoryMb),
        ])}
      />
    </div>
  );
}

function PairTable({ pairs }: { pairs: PairFigure[] }) {
  return (
    <div class="panel">
      <DataTable
        caption="All pairs of nodes, over nonces that are in no published table"
        head={['node', 'other node', 'nonces', 'L2 mean', 'L2 max', 'mismatches', 'p-value', 'outcome']}
        rows={pairs.map(({ a, b, nonces, meanL2, maxL2, mismatches, pValue, fraudDetected }) => [
          a,
          b,
          String(nonces),
          distanceText(meanL2),
          distanceText(maxL2),
          String(mismatches),
          pValueText(pValue),
          <CellMark key="outcome" cell={fraudDetected ? 'fail' : 'pass'} />,
        ])}
      />
    </div>
  );
}
