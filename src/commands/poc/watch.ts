import { existsSync } from 'node:fs';
import { requireNodeUrl } from '../../chain/node-url.js';
import type { Patience } from '../../chain/patience.js';
import type { StagePlace } from '../../chain/stage/locate.js';
import type { StageRecord } from '../../chain/stage/record.js';
import { readRecordFile, writeRecordFile } from '../../chain/stage/record-file.js';
import { stageOf } from '../../chain/stage/stage.js';
import { UsageError } from '../../errors.js';
import { judgeStage } from '../../poc/outcome.js';
import { stepTexts } from '../../poc/step-text.js';
import { watchStage } from '../../poc/watch-stage.js';
import { quoteForShell } from '../../text/shell.js';
import { chainOptions } from '../chain-options.js';
import { defineCommand } from '../command.js';
import { textFlag } from '../flags.js';
import { waitWithProgress } from '../height-progress.js';
import { addressToShow } from '../own-address.js';
import { keyOptions } from '../tx/options.js';
import { tellOutcome } from './tell-outcome.js';

export const command = defineCommand({
  description:
    'Follows a PoC live: commits, share of the first third, votes, outcome. Saves in a file what the chain forgets, for `assay poc outcome FILE`. If no PoC is running, it waits for the next one.',
  options: {
    ...chainOptions,
    out: textFlag(
      'the file (default: poc-HEIGHT.json in the current folder); a file of the same PoC is continued',
    ),
    ...keyOptions,
  },
  examples: [
    ['assay poc watch --node https://node3.gonka.ai --address gonka1…', 'from now to the end of the PoC'],
    ['assay poc watch --out /var/lib/assay/poc.json --json', 'from a timer; the outcome as JSON'],
  ],
  async run(args, { terminal, signal }) {
    const nodeUrl = requireNodeUrl(args.node);
    const address = (await addressToShow(args, terminal, signal)) ?? null;
    const patience: Patience = { signal, onTrouble: (text) => terminal.say(text) };
    const pathOf = ({ height }: StagePlace) => args.out ?? `poc-${height}.json`;
    let last: string[] = [];
    let path: string | undefined;
    try {
      const record = await watchStage(nodeUrl, {
        patience,
        waitFor: (height, pace) => waitWithProgress(nodeUrl, 'PoC start', height, pace, patience, terminal),
        kept: (place) => keptOf(pathOf(place), place),
        async onStep(step) {
          const file = pathOf(step.place);
          await writeRecordFile(file, step);
          path = file;
          const texts = stepTexts(step, address);
          for (const text of texts)
            if (!last.includes(text)) terminal.say(`height ${step.block_height} ${step.phase}: ${text}`);
          last = texts;
        },
      });
      const outcome = judgeStage(stageOf(record), { address, model: null, hardware: null });
      tellOutcome(outcome, address, null, { json: args.json, terminal });
    } finally {
      if (path !== undefined) {
        const whose = address === null ? ['--all'] : ['--address', address];
        terminal.say(`kept in ${path}: \`assay poc outcome ${quoteForShell([path, ...whose])}\` reads it`);
      }
    }
    return 0;
  },
});

/**
 * The file that an earlier watch of this PoC wrote.
 *
 * @throws UsageError when the file is of another PoC, so that it is not overwritten
 */
async function keptOf(path: string, place: StagePlace): Promise<StageRecord | null> {
  if (!existsSync(path)) return null;
  const record = await readRecordFile(path);
  if (record.place.height === place.height) return record;
  throw new UsageError(
    `${path} has the PoC at height ${record.place.height}, not the one at ${place.height}`,
    {
      advice: 'give another --out, or leave it out',
    },
  );
}
