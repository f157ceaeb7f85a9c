import { requireNodeUrl } from '../../chain/node-url.js';
import { readArtifactState } from '../../chain/stage/artifact-state.js';
import { readCommits } from '../../chain/stage/read.js';
import { commitsOf } from '../../chain/stage/stage.js';
import { AssayError } from '../../errors.js';
import { parseBaseUrl } from '../../http/url.js';
import { renderPairs } from '../../terminal/table.js';
import { counted } from '../../text/figures.js';
import { jsonText } from '../../text/json.js';
import { chainOptions } from '../chain-options.js';
import { defineCommand } from '../command.js';
import { HEIGHT_RANGE, numberFlag, textFlag } from '../flags.js';
import { pacedReads } from './options.js';

export const command = defineCommand({
  usage: '<url>',
  description:
    "Compares the PoC artifacts in a participant's own API with its commit on the chain. Exit 0 when both agree, 1 when they differ or one is missing.",
  positionals: {
    url: {
      type: 'string',
      demandOption: true,
      description: "the participant's own API (its `inference_url` on the chain)",
    },
  },
  options: {
    height: {
      ...numberFlag('height', 'PoC start height, or the trigger height of a confirmation PoC', HEIGHT_RANGE),
      demandOption: true,
    },
    model: textFlag('the model', { demandOption: true }),
    address: textFlag('address of the committing host (default: finds the commit with the same root)'),
    ...chainOptions,
  },
  examples: [
    [
      'assay poc state http://my-host:8000 --height 4102890 --model moonshotai/Kimi-K2.6 --address gonka1… --node https://node3.gonka.ai',
      'does my node still have what I committed',
    ],
  ],
  async run({ url, height, model, address, node, json }, { terminal, signal }) {
    const nodeUrl = requireNodeUrl(node);
    const [state, commits] = await Promise.all([
      readArtifactState(parseBaseUrl(url, 'url'), height, model, { signal }),
      readCommits(nodeUrl, height, pacedReads(signal)).then(commitsOf),
    ]);
    const ofModel = commits.filter((commit) => commit.modelId === model);
    const commit = ofModel.find((one) =>
      address === undefined ? one.rootHash === state?.rootHash : one.address === address,
    );
    const agrees = state !== null && commit?.rootHash === state.rootHash && commit.count === state.count;
    if (json)
      terminal.out(
        jsonText({
          height,
          model_id: model,
          address: commit?.address ?? address ?? null,
          agrees,
          own: state && { count: String(state.count), root_hash: state.rootHash },
          committed: commit ? { count: String(commit.count), root_hash: commit.rootHash } : null,
        }),
      );
    else
      terminal.out(
        renderPairs([
          ['stage', `${height}, ${model}`],
          ['participant', commit?.address ?? address ?? 'not known: no commit has this root'],
          [
            'own API',
            state === null
              ? 'nothing: pruned, or never stored'
              : `${counted(state.count, 'nonce')}, root ${state.rootHash}`,
          ],
          [
            'committed',
            commit === undefined ? 'nothing' : `${counted(commit.count, 'nonce')}, root ${commit.rootHash}`,
          ],
          ['both agree', agrees ? 'yes' : 'no'],
        ]),
      );
    if (agrees) return 0;
    throw disagreement(state !== null, commit !== undefined, ofModel.length);
  },
});

function disagreement(hasState: boolean, hasCommit: boolean, commits: number): AssayError {
  if (!hasState)
    return new AssayError(
      'the participant has no artifacts of this stage: validators cannot fetch proofs from it',
      {
        advice: 'check height and model; artifacts are pruned some epochs later',
      },
    );
  if (!hasCommit)
    return new AssayError(
      commits === 0 ? 'nobody committed for this model at this height' : 'the chain has no such commit',
      { advice: 'check --height, --model and --address' },
    );
  return new AssayError("the participant's artifacts are not those of the commit", {
    advice: 'a later commit was not sent, or the store was lost: proofs against the commit will fail',
  });
}
