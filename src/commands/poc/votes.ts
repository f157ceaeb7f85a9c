import { stageOf } from '../../chain/stage/stage.js';
import { listed } from '../../poc/causes.js';
import { judgeStage } from '../../poc/outcome.js';
import { rulesJson } from '../../poc/rules.js';
import { matrixJson, type VoteMatrix, voteMark, voteMatrices } from '../../poc/votes.js';
import { renderPairs, renderTable } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';
import { counted } from '../../text/figures.js';
import { jsonText } from '../../text/json.js';
import { defineCommand } from '../command.js';
import { textFlag } from '../flags.js';
import { writePage } from '../write-page.js';
import { stageOptions, stageRequest } from './options.js';
import { recordOf, requireModel, requireStage } from './outcome.js';
import { addressCell, isNarrow, stagePairs } from './outcome-text.js';

export const command = defineCommand({
  usage: '[file]',
  description:
    'Shows votes of a PoC: who voted valid or invalid on whom: validators in rows, those who disagree most with what came out first, participants in columns.',
  positionals: {
    file: { type: 'string', description: 'a stage saved by `assay poc watch`, in place of the chain' },
  },
  options: { ...stageOptions, html: textFlag('also write the whole matrix as a page to this file') },
  examples: [
    ['assay poc votes --node https://node3.gonka.ai', 'the newest PoC'],
    ['assay poc votes poc-4102890.json --html votes.html', 'a saved stage, as a page'],
    ['assay poc votes --epoch 410 --model moonshotai/Kimi-K2.6 --json', 'one model, for a program'],
  ],
  async run(args, { terminal, signal }) {
    const stage = stageOf(await recordOf(args, stageRequest(args), signal));
    requireStage(stage, null);
    requireModel(stage, args.model);
    const outcome = judgeStage(stage, { address: null, model: args.model ?? null, hardware: null });
    const matrices = voteMatrices(outcome);
    for (const warning of outcome.warnings) terminal.say(`warning: ${warning}`);
    if (stage.snapshot === null)
      terminal.say(
        'warning: the voting powers are gone: the results are not known, so no disagreement is counted',
      );
    if (args.json) {
      const { height, epoch } = stage.place;
      const json = { height, epoch, rules: rulesJson(outcome.rules), models: matrices.map(matrixJson) };
      terminal.out(jsonText(json));
    } else {
      const head = renderPairs(stagePairs(outcome));
      terminal.out([head, ...matrices.map((matrix) => matrixText(matrix, terminal))].join('\n\n'));
    }
    if (args.html !== undefined) {
      const { renderVotesPage } = await import('../../poc/html/votes-page.js');
      await writePage(args.html, renderVotesPage(outcome, matrices), terminal);
    }
    return 0;
  },
});

/** Width of the other cells of a line, in columns: with whole addresses, and with shortened ones. */
const OTHER_COLUMNS = { whole: 83, short: 64 };

function matrixText(matrix: VoteMatrix, terminal: Terminal): string {
  const { modelId, participants, validators } = matrix;
  const head = `${terminal.colors.bold(modelId || 'no model named')}: ${counted(validators.length, 'validator')}, ${counted(participants.length, 'participant')}`;
  if (validators.length === 0) return `${head}\nno votes`;
  const others = isNarrow(terminal) ? OTHER_COLUMNS.short : OTHER_COLUMNS.whole;
  const fits = participants.length <= Math.max(8, terminal.width - others);
  const table = renderTable(
    ['validator', 'voting power', 'disagrees', 'invalid', ...(fits ? ['votes'] : [])],
    validators.map(({ address, votingPower, disagreements, invalid, votes }) => [
      addressCell(address, terminal),
      votingPower === null ? '?' : String(votingPower),
      disagreements === null ? '?' : String(disagreements),
      String(invalid),
      ...(fits ? [participants.map((one) => voteMark(votes.get(one.address))).join('')] : []),
    ]),
    terminal,
  );
  return [
    head,
    table,
    ...(fits
      ? [
          `votes on, in this order:\n${participants.map(({ address }, place) => `  ${place + 1} ${address}`).join('\n')}`,
        ]
      : ['the matrix is wider than the terminal: use --html FILE or --json for the whole']),
    ...invalidLines(matrix),
  ].join('\n');
}

/** Participants that were voted invalid, and their voters. */
function invalidLines({ participants, validators }: VoteMatrix): string[] {
  const lines = participants.flatMap(({ address, accepted }) => {
    const by = validators.filter(({ votes }) => '−!'.includes(voteMark(votes.get(address))));
    if (by.length === 0) return [];
    const names = listed(by.map((validator) => validator.address));
    if (accepted === null) return [`${address}: invalid by ${names}`];
    return [`${address} (${accepted ? 'accepted' : 'rejected'}): invalid by ${names}`];
  });
  return lines.length === 0 ? ['nobody was voted invalid'] : lines;
}
