import { DEFAULT_BATCH_SIZE } from '../../batches/plan.js';
import { AssayError } from '../../errors.js';
import { maskSecrets } from '../../http/mask.js';
import { MlNodeClient } from '../../mlnode/client.js';
import { exchangeGenerate } from '../../mlnode/generate.js';
import { identify } from '../../mlnode/identity.js';
import { schemeOf } from '../../schemes/index.js';
import type { Artifact } from '../../schemes/scheme.js';
import { counted, pValueText } from '../../text/figures.js';
import { drawChallenge, newSeed } from '../../validate/challenge.js';
import { defineCheck, type Tester } from '../check.js';
import type { ImageFinding } from '../model.js';
import { type Apart, apart, apartText, askVectors, byReplica } from '../vectors.js';

const NONCES = 200;
/** The result of one node's own check of another node. */
const CHECKED = 32;

interface Facts {
  /** Masked URLs; the first is the tested node. */
  nodes: { url: string; hardware: string | null }[];
  seed: string;
  pairs: { a: number; b: number; apart: Apart }[];
  /** The nodes' own checks; null if this scheme has none, or if it was not answered. */
  verdicts: {
    by: number;
    of: number;
    total: number;
    mismatches: number;
    fraud: boolean;
    failure: string | null;
  }[];
}

export const crossDeviceCheck = defineCheck<Facts>({
  name: 'cross-device',
  title: 'The node and its peers agree, in both directions',
  why: 'Nodes of other GPU classes validate this node. The image must agree with all of them.',
  limitSeconds: ({ peers }) => 900 * (peers.length + 1),
  lacks: ({ peers }) =>
    peers.length === 0 ? 'no other node was given: add --peer URL of a node of another GPU class' : null,
  async gather(tester) {
    const { inputs, patience, signal, until, node } = tester;
    const seed = newSeed();
    const { nonces, blockHash } = drawChallenge(seed, NONCES);
    const params = { ...inputs.params, block_hash: blockHash };
    const clients = [node, ...inputs.peers.map((url) => new MlNodeClient(url, signal, patience, until))];
    const urls = [inputs.mlnodeUrl, ...inputs.peers].map(maskSecrets);
    const nodes = await Promise.all(
      clients.map(async (client, at) => {
        const { loadedModel, hardware } = await identify(client);
        if (loadedModel !== null && loadedModel !== inputs.model)
          throw new AssayError(`${urls[at]} serves ${loadedModel}, not ${inputs.model}`);
        return { url: urls[at] as string, hardware };
      }),
    );
    const batchSize = inputs.reference.file.collection_batch_size ?? DEFAULT_BATCH_SIZE;
    const vectors: Map<number, string | null>[] = [];
    for (const client of clients) {
      const found = await askVectors(tester, { nonces, batchSize, coverage: 'spread', params, node: client });
      const [all] = byReplica(
        found.map((one) => ({ ...one, replica: null })),
        nonces,
      ).values();
      vectors.push(all ?? new Map());
    }
    const pairs = pairsOf(clients.length).map(([a, b]) => ({
      a,
      b,
      apart: apart(vectors[a] ?? new Map(), vectors[b] ?? new Map(), inputs, batchSize),
    }));
    const verdicts: Facts['verdicts'] = [];
    for (let peer = 1; peer < clients.length; peer++) {
      for (const [by, of] of [
        [0, peer],
        [peer, 0],
      ] as const) {
        const verdict = await checkedBy(
          tester,
          clients[by] as MlNodeClient,
          params,
          vectors[of] ?? new Map(),
        );
        if (verdict !== null) verdicts.push({ by, of, ...verdict });
      }
    }
    return { nodes, seed, pairs, verdicts };
  },
  judge({ nodes, pairs, verdicts }) {
    const name = (at: number) => (at === 0 ? 'this node' : (nodes[at]?.url ?? ''));
    return [
      ...pairs.map(({ a, b, apart: pair }): ImageFinding => {
        const outcome = !pair.fraudDetected ? 'pass' : a === 0 ? 'fail' : 'unknown';
        return {
          replica: null,
          outcome,
          evidence: `${name(a)} and ${name(b)}: ${apartText(pair)}, p-value ${pValueText(pair.pValue)}`,
          ...(outcome === 'fail' && {
            advice: 'validate both against the reference to see which one is wrong',
          }),
          ...(outcome === 'unknown' && {
            advice: 'the peers do not agree with each other: validate them first',
          }),
        };
      }),
      ...verdicts.map(({ by, of, total, mismatches, fraud, failure }): ImageFinding => {
        const told = `${name(of)} checked by ${name(by)} itself`;
        if (failure !== null) return { replica: null, outcome: 'unknown', evidence: `${told}: ${failure}` };
        return {
          replica: null,
          outcome: fraud ? 'fail' : 'pass',
          evidence: `${told}: ${mismatches} of ${counted(total, 'nonce')} mismatch`,
          ...(fraud && { advice: 'validate both against the reference to see which one is wrong' }),
        };
      }),
    ];
  },
  figures: ({ nodes, pairs }) => ({
    pairs: pairs.map(({ a, b, apart: pair }) => ({
      a: nodes[a]?.url ?? '',
      b: nodes[b]?.url ?? '',
      nonces: pair.nonces,
      meanL2: pair.meanL2,
      maxL2: pair.maxL2,
      mismatches: pair.beyond,
      pValue: pair.pValue,
      fraudDetected: pair.fraudDetected,
    })),
  }),
});

function pairsOf(count: number): [number, number][] {
  const all = Array.from({ length: count }, (_, at) => at);
  return all.flatMap((a) => all.slice(a + 1).map((b): [number, number] => [a, b]));
}

/** Lets a node check the vectors of another. @returns null if the scheme has no distances to check */
async function checkedBy(
  { inputs, patience }: Tester,
  by: MlNodeClient,
  params: Tester['params'],
  vectors: Map<number, string | null>,
): Promise<Omit<Facts['verdicts'][number], 'by' | 'of'> | null> {
  if (schemeOf(inputs.reference.file).judgedBy !== 'distance') return null;
  const artifacts: Artifact[] = [...vectors]
    .slice(0, CHECKED)
    .flatMap(([nonce, text]) => (text === null ? [] : [{ nonce, vector_b64: text }]));
  const nonces = artifacts.map(({ nonce }) => nonce);
  const body = {
    ...params,
    nonces,
    wait: true,
    batch_size: CHECKED,
    validation: { artifacts },
    stat_test: inputs.statTest,
  };
  const url = `${by.api}/inference/pow/generate`;
  const reply = await exchangeGenerate(
    { url, body, timeoutMs: patience * 90_000, count: CHECKED },
    (answer) => ({
      kind: 'checked' as const,
      answer,
    }),
  );
  const none = { total: 0, mismatches: 0, fraud: false };
  if (reply.kind === 'fault') return { ...none, failure: reply.message };
  const { n_total, n_mismatch, fraud_detected } = reply.answer;
  if (n_total === undefined || n_mismatch === undefined) return { ...none, failure: 'it gave no result' };
  return { total: n_total, mismatches: n_mismatch, fraud: fraud_detected === true, failure: null };
}
