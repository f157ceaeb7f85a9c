import { readEpochs } from '../../chain/epochs.js';
import { requireNodeUrl } from '../../chain/node-url.js';
import { readParams } from '../../chain/params.js';
import { type EventAnswer, findLatestEvent, readEventAt } from '../../chain/pre-eligibility-event.js';
import { snapshotHeight } from '../../chain/rules/heights.js';
import { AssayError } from '../../errors.js';
import { renderPairs } from '../../terminal/table.js';
import { jsonText } from '../../text/json.js';
import { chainOptions, modelOption } from '../chain-options.js';
import { eventJson, eventPairs } from '../chain-text.js';
import { defineCommand } from '../command.js';
import { HEIGHT_RANGE, numberFlag } from '../flags.js';

export const command = defineCommand({
  description:
    'Shows what the chain said about a model at its newest bootstrap snapshot, or at a given one. Exit 0 when there is such an event (yes or no); 1 when there is none.',
  options: {
    model: modelOption,
    ...chainOptions,
    height: numberFlag('height', 'read this block instead of searching', HEIGHT_RANGE),
  },
  examples: [
    [
      'assay bootstrap preeligibility --model moonshotai/Kimi-K2.6 --node https://node3.gonka.ai',
      'the newest one',
    ],
    ['assay bootstrap preeligibility --model moonshotai/Kimi-K2.6 --height 3873996', 'of a past bootstrap'],
  ],
  async run({ model, node, json, height }, { terminal, signal }) {
    const nodeUrl = requireNodeUrl(node);
    const answer =
      height === undefined
        ? await findLatestEvent(nodeUrl, model, { signal })
        : await readEventAt(nodeUrl, model, height, { signal });
    if (answer.kind === 'event') {
      const { event } = answer;
      terminal.out(
        json
          ? jsonText({ found: true, height: answer.height, ...eventJson(event) })
          : renderPairs([['height', String(answer.height)], ...eventPairs(event)]),
      );
      return 0;
    }
    if (json) terminal.out(jsonText({ found: false, reason: answer.kind }));
    throw await noEvent(answer, nodeUrl, model, signal);
  },
});

/** Each reason why there can be no event, in its own words. */
async function noEvent(
  answer: Exclude<EventAnswer, { kind: 'event' }>,
  nodeUrl: string,
  model: string,
  signal: AbortSignal,
): Promise<AssayError> {
  switch (answer.kind) {
    case 'no_event_yet':
      return new AssayError(`no snapshot has judged ${model} yet`, {
        advice: '`assay bootstrap status` shows when the next one is',
      });
    case 'not_in_block': {
      const others = answer.otherModels.join(', ');
      return new AssayError(
        others === ''
          ? `block ${answer.height} holds no pre-eligibility event`
          : `block ${answer.height} judges ${others}, not ${model}`,
        { advice: 'a model that is active already gets no event; check height and spelling' },
      );
    }
    case 'node_does_not_index': {
      const { stages } = await readEpochs(nodeUrl, { signal });
      const { delegation } = await readParams(nodeUrl, { signal });
      const last = snapshotHeight(stages.pocStart, delegation.deployWindow);
      return new AssayError('this node keeps no index of block events', {
        advice: `give the snapshot's height, for example --height ${last} (the last epoch's), or another --node`,
      });
    }
    case 'height_in_future':
      return new AssayError(`block ${answer.height} is not reached yet`, {
        advice: '`assay bootstrap wait --until snapshot` waits for it',
      });
    case 'height_pruned':
      return new AssayError(`this node has no block ${answer.height} any more (${answer.says})`, {
        advice: 'ask an archive node',
      });
  }
}
