import { expectedTime, measureBlockPace } from '../../chain/block-pace.js';
import { readEpochs } from '../../chain/epochs.js';
import { requireNodeUrl } from '../../chain/node-url.js';
import { readParams } from '../../chain/params.js';
import { heightsOfEpoch } from '../../chain/rules/heights.js';
import { renderTable } from '../../terminal/table.js';
import { secondText } from '../../text/figures.js';
import { jsonText } from '../../text/json.js';
import { chainOptions } from '../chain-options.js';
import { pacedDurationText } from '../chain-text.js';
import { defineCommand } from '../command.js';
import { EPOCH_RANGE, numberFlag } from '../flags.js';

export const command = defineCommand({
  description: 'Shows the heights of an epoch and when they come, counted from the current height.',
  options: {
    epoch: numberFlag('epoch', 'the epoch (default: the next one)', EPOCH_RANGE),
    ...chainOptions,
  },
  examples: [
    ['assay bootstrap timeline --epoch 251 --node https://node3.gonka.ai', 'plan for a later epoch'],
  ],
  async run({ epoch: asked, node, json }, { terminal, signal }) {
    const nodeUrl = requireNodeUrl(node);
    const [epochs, params, pace] = await Promise.all([
      readEpochs(nodeUrl, { signal }),
      readParams(nodeUrl, { signal }),
      measureBlockPace(nodeUrl, { signal }),
    ]);
    const epoch = asked ?? epochs.epoch.index + 1;
    const heights = heightsOfEpoch(epoch, epochs, params.delegation.deployWindow);
    const after = (stage: number) => heights.pocStartHeight + (stage - epochs.stages.pocStart);
    const steps: [string, number | null][] = [
      ['snapshot', heights.snapshotHeight],
      ['poc_start', heights.pocStartHeight],
      ['poc_generation_end', after(epochs.stages.pocGenerationEnd)],
      ['poc_validation_start', after(epochs.stages.pocValidationStart)],
      ['poc_validation_end', after(epochs.stages.pocValidationEnd)],
      ['set_new_validators', after(epochs.stages.setNewValidators)],
      ['next_poc_start', heights.pocStartHeight + epochs.epochLength],
    ];
    const rows = steps.map(([step, height]) => ({
      step,
      height,
      blocks: height === null ? null : height - pace.height,
      expected_at: height === null ? null : expectedTime(height, pace).toISOString(),
    }));
    if (json) {
      terminal.out(
        jsonText({ epoch, height: pace.height, ms_per_block: Math.round(pace.msPerBlock), steps: rows }),
      );
      return 0;
    }
    terminal.out(
      `epoch ${epoch}, seen from height ${pace.height} at ${(pace.msPerBlock / 1000).toFixed(2)} s a block`,
    );
    terminal.out(
      renderTable(
        ['step', 'height', 'blocks', 'time left', 'expected'],
        rows.map(({ step, height, blocks, expected_at }) =>
          height === null || blocks === null || expected_at === null
            ? [step, 'none', '', '', '']
            : [
                step,
                String(height),
                String(blocks),
                blocks > 0 ? pacedDurationText(blocks * pace.msPerBlock) : 'passed',
                secondText(new Date(expected_at)),
              ],
        ),
        terminal,
        ['blocks', 'expected'],
      ),
    );
    return 0;
  },
});
