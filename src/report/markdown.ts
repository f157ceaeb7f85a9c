import type { BlockContent, PhrasingContent, Root, RootContent, Table } from 'mdast';
import { gfmToMarkdown } from 'mdast-util-gfm';
import { toMarkdown } from 'mdast-util-to-markdown';
import { type Face, faceOf, nextStepOf } from '../run/face.js';
import type { Run } from '../run/read.js';
import type {
  DecodeReport,
  Diagnosis,
  ReplicaReport,
  ThroughputReport,
  ValidateReport,
  ValidationReport,
} from '../run/report.js';
import { STAT_TEST_KEYS } from '../run/thresholds.js';
import {
  distanceText,
  gpusText,
  momentText,
  pValueText,
  rateText,
  replicaText,
  toleratedText,
} from '../text/figures.js';
import { failedText, inOrder, isFailed } from '../verdict/assertions.js';
import { divergenceLines, equalText, firstDifferenceText } from '../verdict/divergence.js';
import { networkViewText } from '../verdict/network-view.js';
import { selfCheckSentence } from '../verdict/self-check.js';
import { nodeText, referenceNotes, vectorsText } from './format.js';
import { repeatCommand, resumeCommand } from './repeat-command.js';

const SIGNS: Record<Face, string> = {
  PASS: '✅',
  'PASS WITH WARNINGS': '🟠',
  FAIL: '❌',
  INCOMPLETE: '⚠️',
  SKIPPED: '➖',
};
const SHOWN_MISMATCHES = 20;

/** The run for an issue, a chat or a step summary. The serialiser escapes markup. */
export function renderMarkdown({ report, folder }: Run): string {
  const resume = resumeCommand(report, folder);
  const { config, preflight, validation, throughput } = report;
  const face = faceOf(report);
  const next = nextStepOf(report);
  const notes = referenceNotes(report);
  const gpus = preflight === null ? '' : `, ${gpusText(preflight.gpus)}`;
  const children: RootContent[] = [
    heading(2, `${SIGNS[face]} ${face}: ${config.model}`),
    paragraph(strong(text(report.verdict_reason))),
    paragraph(text(`${nodeText(config)}, ${momentText(report.timestamp)}${gpus}`)),
    ...(config.challenge ? [paragraph(text(`Challenge: against ${vectorsText(config)}`))] : []),
    ...noticesOf(report).map((notice) => quote(paragraph(text(`⚠️ ${notice}`)))),
    ...(notes === null ? [] : [paragraph(text(notes))]),
    ...expectations(report),
    ...(validation === null ? [] : measured(validation, throughput)),
    heading(3, 'Thresholds'),
    thresholds(report),
    ...(next === null ? [] : [heading(3, 'Next'), paragraph(text(next))]),
    ...(resume === null ? [] : [heading(3, 'Go on'), shell(resume)]),
    heading(3, 'Repeat'),
    shell(repeatCommand(config)),
  ];
  return toMarkdown({ type: 'root', children } satisfies Root, {
    extensions: [gfmToMarkdown()],
    bullet: '-',
  });
}

function noticesOf({ error, verdict_reason, warnings }: ValidateReport): string[] {
  return error === null || error === verdict_reason ? warnings : [error, ...warnings];
}

/** Assertions, and how the node compares with its own last PASS. */
function expectations(report: ValidateReport): RootContent[] {
  const { assertions = [], validation } = report;
  const drift = validation?.drift;
  const failed = failedText(report);
  return [
    ...(failed === null ? [] : [paragraph(strong(text(`❌ ${failed}`)))]),
    ...(assertions.length === 0
      ? []
      : [
          heading(3, 'Assertions'),
          table(
            ['', 'assertion', 'result'],
            inOrder(assertions).map((one) => [
              isFailed(one) ? '❌' : one.outcome === 'met' ? '✅' : '➖',
              one.assertion,
              one.text,
            ]),
          ),
        ]),
    ...(drift === undefined
      ? []
      : [heading(3, 'Compared with itself'), paragraph(text(`${capital(drift.text)}.`))]),
  ];
}

function measured(validation: ValidationReport, throughput: ThroughputReport | null): RootContent[] {
  const { response, distances, diagnosis, mismatches, decode } = validation;
  const tolerated = toleratedText(validation.first_failing_mismatch_count, response.n_total);
  return [
    table(
      [
        'mismatches',
        'tolerated',
        'p-value',
        ...measureHead(decode, ['L2 mean', 'L2 p98', 'L2 max']),
        'throughput',
      ],
      [
        [
          `${response.n_mismatch} of ${response.n_total}`,
          tolerated,
          pValueText(response.p_value),
          ...(decode === undefined
            ? [distances.l2?.mean, distances.l2?.p98, distances.l2?.max].map(distanceText)
            : [equalText(decode.chains), firstDifferenceText(decode.chains)]),
          throughput === null ? '–' : rateText(throughput.summary.mean),
        ],
      ],
    ),
    heading(3, 'Replicas'),
    table(
      ['replica', 'mismatches', 'p-value', 'test', ...measureHead(decode, ['L2 mean', 'L2 max'])],
      validation.replicas.map((replica) => [
        replicaText(replica.port),
        `${replica.n_mismatch} of ${replica.n_total}`,
        pValueText(replica.p_value),
        replicaTestText(replica),
        ...replicaMeasured(replica, decode),
      ]),
    ),
    ...(decode === undefined
      ? []
      : [
          heading(3, 'Chains'),
          ...divergenceLines(decode).map((line) => paragraph(text(`${capital(line)}.`))),
        ]),
    ...(validation.node_self_check === null
      ? []
      : [paragraph(text(`${capital(selfCheckSentence(validation.node_self_check))}.`))]),
    ...(validation.network_view === undefined
      ? []
      : [paragraph(text(`${capital(networkViewText(validation.network_view))}.`))]),
    ...(diagnosis.length === 0 ? [] : [heading(3, 'Diagnosis'), list(diagnosis.map(finding))]),
    ...(mismatches.length === 0 ? [] : [heading(3, 'Mismatches'), mismatchTable(mismatches)]),
    ...(mismatches.length > SHOWN_MISMATCHES
      ? [paragraph(text(`and ${mismatches.length - SHOWN_MISMATCHES} more.`))]
      : []),
  ];
}

/** Columns of distances; of chains in the decode scheme, which has no distances. */
function measureHead(decode: DecodeReport | undefined, distances: string[]): string[] {
  return decode === undefined ? distances : ['equal chains', 'first difference'];
}

function replicaMeasured(
  { port, distances: { l2 } }: ReplicaReport,
  decode: DecodeReport | undefined,
): string[] {
  if (decode === undefined) return [l2?.mean, l2?.max].map(distanceText);
  const own = decode.replicas.find((replica) => replica.port === port);
  return [equalText(own), firstDifferenceText(own)];
}

/** The result of a replica's own test; a replica without answers was not tested. */
function replicaTestText({ n_total, fraud_detected }: ReplicaReport): string {
  if (n_total === 0) return '⚠️ not tested';
  return fraud_detected ? '❌ FAIL' : 'PASS';
}

function mismatchTable(mismatches: ValidationReport['mismatches']): Table {
  return table(
    ['nonce', 'replica', 'L2', 'why'],
    mismatches
      .slice(0, SHOWN_MISMATCHES)
      .map(({ nonce, replica, l2, why }) => [String(nonce), replicaText(replica), distanceText(l2), why]),
  );
}

function finding({ code, message, evidence, advice }: Diagnosis): BlockContent {
  return paragraph(
    strong(text(message)),
    text(' ('),
    { type: 'inlineCode', value: code },
    text(`): ${evidence}. Advice: ${advice}`),
  );
}

function thresholds({ config: { stat_test } }: ValidateReport): Table {
  return table(
    ['threshold', 'value', 'from'],
    STAT_TEST_KEYS.map((key) => [key, String(stat_test.values[key]), stat_test.source[key]]),
  );
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** Text on one line. An `@` is escaped so that it does not notify a user of that name. */
function text(value: string): PhrasingContent {
  return { type: 'text', value: value.replaceAll(/\s*[\r\n]+\s*/g, ' ').replaceAll('@', '@\u200b') };
}

function strong(child: PhrasingContent): PhrasingContent {
  return { type: 'strong', children: [child] };
}

function paragraph(...children: PhrasingContent[]): BlockContent {
  return { type: 'paragraph', children };
}

function shell(value: string): RootContent {
  return { type: 'code', lang: 'sh', value };
}

function heading(depth: 2 | 3, value: string): BlockContent {
  return { type: 'heading', depth, children: [text(value)] };
}

function quote(child: BlockContent): BlockContent {
  return { type: 'blockquote', children: [child] };
}

function list(items: BlockContent[]): BlockContent {
  return {
    type: 'list',
    spread: false,
    children: items.map((item) => ({ type: 'listItem', children: [item] })),
  };
}

function table(head: string[], rows: string[][]): Table {
  return {
    type: 'table',
    children: [head, ...rows].map((cells) => ({
      type: 'tableRow',
      children: cells.map((cell) => ({ type: 'tableCell', children: [text(cell)] })),
    })),
  };
}
