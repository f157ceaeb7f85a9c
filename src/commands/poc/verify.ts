import { requireNodeUrl } from '../../chain/node-url.js';
import { readCommits } from '../../chain/stage/read.js';
import { commitsOf } from '../../chain/stage/stage.js';
import { AssayError, UsageError } from '../../errors.js';
import { type CheckedProofs, checkProofs, FAULT_TEXT } from '../../poc/check-proofs.js';
import { bytesOf, type ProofFile, readProofFile } from '../../poc/proof-file.js';
import { renderPairs, renderTable } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';
import { counted } from '../../text/figures.js';
import { jsonText } from '../../text/json.js';
import { chainOptions } from '../chain-options.js';
import { defineCommand } from '../command.js';
import { HEIGHT_RANGE, numberFlag, rateFlag, textFlag } from '../flags.js';
import { pacedReads } from './options.js';
import { type MeasuredProofs, measureProofs } from './verify-vectors.js';

export const command = defineCommand({
  usage: '<file>',
  description:
    'Checks the saved proofs of a host (answer of its /v1/poc/proofs) against the commit, leaf by leaf, and with --against also their vectors. Exit 0 when every proof fits the commit and no vector mismatches, 1 otherwise.',
  positionals: { file: { type: 'string', demandOption: true, description: 'the saved answer' } },
  options: {
    root: textFlag('the committed root in base64, if neither file nor chain has it'),
    count: numberFlag('count', 'the committed count', { min: 0, integer: true }),
    height: numberFlag('height', 'PoC start height, to read the commit from the chain', HEIGHT_RANGE),
    model: textFlag('the model'),
    address: textFlag('address of the committing host'),
    against: textFlag(
      'also measure the vectors: a reference file or model, a run folder, or the URL of a trusted node',
    ),
    threshold: rateFlag('threshold', 'L2 distance above which a nonce is a mismatch'),
    'block-hash': textFlag('of the vectors, if the file does not name it'),
    'public-key': textFlag('of the vectors, if the file does not name it'),
    'seq-len': numberFlag('seq-len', 'of the vectors', { min: 1, integer: true }),
    ...chainOptions,
  },
  examples: [
    ['assay poc verify proofs.json --root NbK…= --count 31204', 'against a commit that is known'],
    [
      'assay poc verify proofs.json --height 4102890 --model moonshotai/Kimi-K2.6 --address gonka1… --node https://node3.gonka.ai',
      'against the commit on the chain',
    ],
    ['assay poc verify proofs.json --against runs/validate_kimi_2026-09-01_120000', 'and the vectors'],
  ],
  async run(args, { terminal, signal }) {
    const file = await readProofFile(args.file);
    const commit = await commitOf(file, args, signal);
    const checked = checkProofs(file.proofs, commit);
    const { against } = args;
    const measured =
      against === undefined ? null : await measureProofs(file, { ...args, against }, { terminal, signal });
    terminal.out(
      args.json
        ? jsonText(verifyJson(commit, checked, measured))
        : verifyText(file, commit, checked, measured, terminal),
    );
    const isGood =
      checked.sparse === null &&
      checked.proofs.every(({ fault }) => fault === null) &&
      (measured === null || measured.off.length === 0);
    return isGood ? 0 : 1;
  },
});

interface Commit {
  root: Buffer;
  count: number;
  source: string;
}

/**
 * The commit: from the command line, else from the chain, else from the file, which then proves only that it
 * is consistent.
 */
async function commitOf(
  file: ProofFile,
  args: Partial<Record<'root' | 'model' | 'address' | 'node', string | undefined>> & {
    count?: number | undefined;
    height?: number | undefined;
  },
  signal: AbortSignal,
): Promise<Commit> {
  const { count } = args;
  if ((args.root === undefined) !== (count === undefined))
    throw new UsageError('--root and --count must be given together', { advice: 'give both, or neither' });
  if (args.root !== undefined && count !== undefined)
    return { root: rootOf(args.root, '--root'), count, source: 'command line' };
  const height = args.height ?? file.height;
  const model = args.model ?? file.model;
  const address = args.address ?? file.address;
  if (height !== null && model !== null && address !== null) {
    const nodeUrl = requireNodeUrl(args.node);
    const commits = commitsOf(await readCommits(nodeUrl, height, pacedReads(signal)));
    const found = commits.find((one) => one.modelId === model && one.address === address);
    if (found === undefined)
      throw new AssayError(`the chain has no commit of ${address} for ${model} at height ${height}`, {
        advice: 'check --height, --model and --address, or give --root and --count',
      });
    return { root: rootOf(found.rootHash, 'the chain'), count: Number(found.count), source: 'chain' };
  }
  if (file.root !== null && file.count !== null)
    return { root: rootOf(file.root, 'the file'), count: file.count, source: 'the file itself' };
  throw new UsageError('the commit is not known', {
    advice: 'give --root and --count, or --height, --model, --address and --node',
  });
}

function rootOf(text: string, where: string): Buffer {
  const root = bytesOf(text, where);
  if (root.length === 32) return root;
  throw new AssayError(`${where}: a root of ${root.length} bytes, not 32`);
}

function verifyText(
  file: ProofFile,
  commit: Commit,
  { proofs, sparse }: CheckedProofs,
  measured: MeasuredProofs | null,
  terminal: Terminal,
): string {
  const faults = proofs.filter(({ fault }) => fault !== null);
  const pairs: [string, string][] = [
    [
      'commit',
      `${counted(commit.count, 'nonce')}, root ${commit.root.toString('base64')} (from ${commit.source})`,
    ],
    ['proofs', `${proofs.length}: ${proofs.length - faults.length} as committed, ${faults.length} not`],
  ];
  if (commit.source === 'the file itself')
    pairs.push(['note', 'the commit is from the file: it is not checked that the host committed it']);
  if (sparse !== null)
    pairs.push([
      'too sparse',
      `nonce ${sparse.largest} with ${sparse.count} committed: a hundred times as many or more always fails`,
    ]);
  if (measured !== null) {
    pairs.push(
      ['vectors', `${measured.common} of ${file.proofs.length} measured against ${measured.against}`],
      [
        'mismatches',
        measured.off.length === 0
          ? 'none'
          : `${measured.off.length}: ${measured.off.slice(0, 20).join(', ')}`,
      ],
      ['threshold', `L2 distance ${measured.threshold}`],
    );
    if (measured.note !== null) pairs.push(['note', measured.note]);
  }
  const rows = faults.map(({ nonce, leafIndex, fault }) => [
    String(nonce),
    String(leafIndex),
    fault === null ? '' : FAULT_TEXT[fault],
  ]);
  const table = rows.length === 0 ? [] : ['', renderTable(['nonce', 'place', 'reason'], rows, terminal)];
  return [renderPairs(pairs), ...table].join('\n');
}

function verifyJson(commit: Commit, { proofs, sparse }: CheckedProofs, measured: MeasuredProofs | null) {
  return {
    commit: { count: commit.count, root_hash: commit.root.toString('base64'), source: commit.source },
    proofs: proofs.map(({ nonce, leafIndex, fault }) => ({
      nonce,
      leaf_index: leafIndex,
      ok: fault === null,
      fault,
    })),
    sparse,
    vectors: measured,
  };
}
