import { requireNodeUrl } from '../../chain/node-url.js';
import { type BootstrapStatus, readBootstrapStatus } from '../../chain/status.js';
import { hasGolden } from '../../golden/catalog.js';
import { jsonText } from '../../text/json.js';
import { chainOptions, lookUpFlags, lookUpSettings, modelOption, rulesOption } from '../chain-options.js';
import { defineCommand } from '../command.js';
import { HEIGHT_RANGE, numberFlag } from '../flags.js';
import { addressToShow } from '../own-address.js';
import { keyOptions } from '../tx/options.js';
import { forecastProgress } from './forecast-progress.js';
import { statusJson, statusText } from './status-text.js';

export const command = defineCommand({
  description:
    "Shows the state of a bootstrap: heights and times, the chain's last answer, what it would say now, and what each choice would cost you.",
  options: {
    model: {
      ...modelOption,
      demandOption: false,
      description: 'the model; without it every model, as in `assay chain models`',
    },
    ...chainOptions,
    ...keyOptions,
    rules: rulesOption,
    'snapshot-height': numberFlag(
      'snapshot-height',
      'of a past or planned bootstrap, instead of the next one',
      HEIGHT_RANGE,
    ),
    'poc-start-height': numberFlag('poc-start-height', 'of the same bootstrap', HEIGHT_RANGE),
    ...lookUpFlags,
  },
  examples: [
    [
      'assay bootstrap status --address gonka1…',
      'every model, and which choices your host must still make for each',
    ],
    [
      'assay bootstrap status --model moonshotai/Kimi-K2.6 --node https://node3.gonka.ai --address gonka1…',
      'everything, for your host',
    ],
    [
      'assay bootstrap status --model moonshotai/Kimi-K2.6 --snapshot-height 3873996 --poc-start-height 3874496',
      "the guide's own timeline",
    ],
  ],
  async run(args, { terminal, signal }) {
    const { model } = args;
    if (model === undefined) {
      const { tellModels } = await import('../chain/tell-models.js');
      const own = await addressToShow(args, terminal, signal);
      return await tellModels(requireNodeUrl(args.node), own, args.json ?? false, { terminal, signal });
    }
    const settings = lookUpSettings(args);
    const { snapshotHeight, pocStartHeight } = args;
    const nodeUrl = requireNodeUrl(args.node);
    const address = await addressToShow(args, terminal, signal);
    let progress: ReturnType<typeof forecastProgress> | undefined;
    const status: BootstrapStatus = await readBootstrapStatus(nodeUrl, {
      model,
      isKnownName: hasGolden,
      address,
      rules: args.rules,
      snapshotHeight,
      pocStartHeight,
      lookUp: {
        ...settings,
        signal,
        onProgress: (forecast, done, total) => {
          progress ??= forecastProgress(terminal, total);
          progress.onProgress(forecast, done);
        },
      },
    }).finally(() => progress?.stop());
    for (const warning of status.warnings) terminal.say(`warning: ${warning}`);
    terminal.out(args.json ? jsonText(statusJson(status)) : statusText(status, nodeUrl, terminal));
    return 0;
  },
});
