import { requireNodeUrl } from '../../chain/node-url.js';
import { type EstimatedReward, readReward } from '../../chain/reward.js';
import { readStageRecord, type StageRecord } from '../../chain/stage/record.js';
import { readRecordFile } from '../../chain/stage/record-file.js';
import { type Stage, stageOf } from '../../chain/stage/stage.js';
import { AssayError, UsageError } from '../../errors.js';
import { judgeStage, namedModels, type StageOutcome } from '../../poc/outcome.js';
import { defineCommand } from '../command.js';
import { addressToShow } from '../own-address.js';
import { keyOptions } from '../tx/options.js';
import { hardwareOf, hardwareOption, pacedReads, stageOptions, stageRequest } from './options.js';
import { tellOutcome } from './tell-outcome.js';

export const command = defineCommand({
  usage: '[file]',
  description:
    'Explains the weight of a host after a PoC: its commit, the votes, the rule that decided, the weight by the rules, and the weight on the chain. Exit 0 when it can be explained, for any result; 1 when the chain no longer has the voting powers.',
  positionals: {
    file: { type: 'string', description: 'a stage saved by `assay poc watch`, in place of the chain' },
  },
  options: {
    ...stageOptions,
    all: { type: 'boolean', description: 'every participant, not only one host' },
    hardware: hardwareOption,
    ...keyOptions,
  },
  examples: [
    ['assay poc outcome --node https://node3.gonka.ai --address gonka1…', 'your host, the newest PoC'],
    ['assay poc outcome --epoch 410 --all --json', 'everybody, for a program'],
    ['assay poc outcome poc-4102890.json --address gonka1…', 'a stage saved by `poc watch`'],
    [
      'assay poc outcome --epoch 410 --at-height 6353000 --node https://archive.example --address gonka1…',
      'after the chain has forgotten the voting powers',
    ],
  ],
  async run(args, { terminal, signal }) {
    const request = stageRequest(args);
    const address = args.all ? null : ((await addressToShow(args, terminal, signal)) ?? null);
    if (address === null && !args.all)
      throw new UsageError('no host is given', {
        advice: 'add --address gonka1…, --from KEY, or --all',
      });
    const hardware = await hardwareOf(args.hardware);
    const record = await recordOf(args, request, signal);
    const stage = stageOf(record);
    requireStage(stage, address);
    requireModel(stage, args.model);
    const outcome = judgeStage(stage, { address, model: args.model ?? null, hardware });
    const reward = args.file === undefined ? await rewardOf(record, address, signal) : null;
    tellOutcome(outcome, address, reward, { json: args.json, terminal });
    if (stage.snapshot === null) throw snapshotGone(outcome);
    return 0;
  },
});

/** A stage from a file, or from the chain. */
export async function recordOf(
  { file, node }: { file?: string | undefined; node?: string | undefined },
  request: ReturnType<typeof stageRequest>,
  signal: AbortSignal,
): Promise<StageRecord> {
  if (file === undefined) return await readStageRecord(requireNodeUrl(node), request, pacedReads(signal));
  if (Object.values(request).some((value) => value !== undefined))
    throw new UsageError('the file names its stage', {
      advice: 'leave --epoch, --height and --at-height out',
    });
  return await readRecordFile(file);
}

/**
 * @throws AssayError when the chain has nothing at this height, or no longer stores it
 */
export function requireStage(stage: Stage, address: string | null): void {
  const { place, commits, votes, weights, snapshot, blockHeight } = stage;
  if (commits.length > 0 || votes.size > 0 || snapshot !== null) return;
  const started = `the PoC of epoch ${place.epoch}`;
  if (place.confirmation)
    throw new AssayError(`no PoC stage is saved under height ${place.height}`, {
      advice: `give the PoC start height or the trigger height of a confirmation PoC, or --epoch ${place.epoch}`,
    });
  if (blockHeight < place.formedAtHeight)
    throw new AssayError(`${started} began at ${place.height} and nobody has committed yet`, {
      advice: '`assay poc watch` follows it',
    });
  const known = address === null ? undefined : weights?.get(address);
  const weight = known === undefined ? '' : `; the epoch's group has weight ${known} for ${address}`;
  throw new AssayError(
    `this node keeps no commits and no votes of ${started} (height ${place.height})${weight}`,
    {
      advice: 'ask an archive node, with --at-height of a block of that PoC',
    },
  );
}

/** @throws AssayError when nothing of the stage names the model that the user asks for */
export function requireModel(stage: Stage, model: string | undefined): void {
  const known = namedModels(stage);
  if (model === undefined || known.includes(model)) return;
  throw new AssayError(`model "${model}" is not in this PoC`, {
    advice: `check the spelling; known are: ${known.filter(Boolean).join(', ') || 'none'}`,
  });
}

function snapshotGone({ stage }: StageOutcome): AssayError {
  const { place, blockHeight, params } = stage;
  if (!place.confirmation && blockHeight < place.formedAtHeight)
    return new AssayError(
      'there are no voting powers yet: the chain stores them when the validation starts',
      {
        advice: '`assay poc watch` waits for them and saves them',
      },
    );
  const last = place.confirmation
    ? `the validation of this confirmation PoC (about ${place.height + 2 * params.poc.pocStageDuration})`
    : `block ${place.formedAtHeight - 1}, when the epoch was formed`;
  return new AssayError(
    `the chain has forgotten the voting powers of this stage, so slots and decision are not known; it had them until ${last}`,
    {
      advice: place.confirmation
        ? 'ask an archive node, with --at-height of a block of that time; next time `assay poc watch` keeps them'
        : `ask an archive node, with --at-height ${place.formedAtHeight - 1}; next time \`assay poc watch\` keeps them`,
    },
  );
}

/** The epoch's expected reward, if the chain answers it; a node without the query gives nothing. */
async function rewardOf(
  { node, place, block_height }: StageRecord,
  address: string | null,
  signal: AbortSignal,
): Promise<EstimatedReward | null> {
  if (address === null || block_height < place.formedAtHeight) return null;
  const reward = await readReward(node, address, { signal });
  return reward?.epoch === place.epoch ? reward : null;
}
