import { setTimeout as sleep } from 'node:timers/promises';
import { createColors } from 'picocolors';
import { type BlockPace, measureBlockPace } from '../../chain/block-pace.js';
import { requireNodeUrl } from '../../chain/node-url.js';
import { AssayError } from '../../errors.js';
import { readHostFile } from '../../lifecycle/host-file.js';
import { type RunStatus, readRunStatus } from '../../lifecycle/run-status.js';
import { known } from '../../network/known.js';
import { renderPairs, renderTable } from '../../terminal/table.js';
import { heightText } from '../chain-text.js';
import { defineCommand } from '../command.js';
import { fileOption } from './options.js';

const WATCH_MS = 2_000;
/** Without frames, the whole output fits on a terminal of 24 lines. */
const FRAMELESS = { colors: createColors(false) };

export const command = defineCommand({
  description:
    'Shows, from another terminal, the state of a run: its process, its epoch, each step and each node. It changes nothing.',
  options: {
    ...fileOption,
    watch: {
      type: 'boolean',
      default: false,
      description: 'repeat every two seconds until the run ends',
    },
    json: { type: 'boolean', description: 'print JSON, one line each time' },
  },
  examples: [['assay lifecycle status --file host.yaml --watch', 'follow a run from another terminal']],
  async run({ file, watch, json }, { terminal, signal }) {
    const host = await readHostFile(file);
    const nodeUrl = requireNodeUrl(host.node);
    for (;;) {
      const status = await readRunStatus(file);
      if (status === undefined)
        throw new AssayError(`${file} has no run`, { advice: 'start one with `assay lifecycle run`' });
      const measured = await known(() => measureBlockPace(nodeUrl, { signal, retries: 0 }));
      const pace = 'value' in measured ? measured.value : null;
      if (watch && terminal.colors.isColorSupported) terminal.out('\u001b[2J\u001b[H');
      terminal.out(
        json ? JSON.stringify({ height: pace?.height ?? null, ...status }) : statusText(status, pace),
      );
      if (!watch || status.ending !== null) return 0;
      await sleep(WATCH_MS, undefined, { signal }).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error;
      });
    }
  },
});

function statusText(status: RunStatus, pace: BlockPace | null): string {
  const { owner, rounds, ending, steps, nodes } = status;
  const round = rounds.at(-1);
  const pairs: [string, string][] = [
    ['run', ending === null ? workText(owner) : `${ending.outcome.replaceAll('_', ' ')}: ${ending.reason}`],
    ['height', pace === null ? 'the node does not answer' : String(pace.height)],
  ];
  if (round !== undefined) {
    const text = (height: number) => (pace === null ? String(height) : heightText(height, pace));
    pairs.push(
      ['epoch', String(round.epoch)],
      ['snapshot', text(round.snapshotHeight)],
      ['PoC start', text(round.pocStartHeight)],
    );
  }
  return [
    renderPairs(pairs),
    renderTable(
      ['step', 'state'],
      steps.map(({ title, state }) => [title, state]),
      FRAMELESS,
    ),
    ...(nodes.length === 0
      ? []
      : [
          renderTable(
            ['node', 'state'],
            nodes.map(({ id, state }) => [id, state]),
            FRAMELESS,
          ),
        ]),
  ].join('\n\n');
}

function workText(owner: RunStatus['owner']): string {
  if (owner === null) return 'stopped; `assay lifecycle run` continues it';
  return `running, process ${owner.pid} on ${owner.host} since ${owner.at}`;
}
