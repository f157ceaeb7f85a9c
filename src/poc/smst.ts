import { hash } from 'node:crypto';

/**
 * The chain's sparse Merkle sum tree of PoC artifacts. The bits of a nonce give the place of its leaf, most
 * significant bit first. Each inner node has the count of the leaves below it.
 */

/** Levels of a tree: the bit length of its largest nonce decides. */
export const MIN_DEPTH = 24;
export const MAX_DEPTH = 32;
/** Nonces are signed 32-bit integers, and never negative. */
export const MAX_NONCE = 0x7fff_ffff;
/** A vector as committed: twelve half-precision values, or a vector of the decode scheme. */
const PREFILL_BYTES = 24;
const DECODE_BYTES = 257;
/** A proof's element: the sibling's hash and its count. */
const HASH_BYTES = 32;
const ELEMENT_BYTES = HASH_BYTES + 4;

/** A node of the tree: its hash, and the leaves below it. */
export interface SumNode {
  hash: Buffer;
  count: number;
}

/** One item of a host's commit: a nonce and the bytes of its vector. */
export interface CommittedArtifact {
  nonce: number;
  vector: Buffer;
}

/** An artifact with its proof: the siblings from the root down to it, 36 bytes each. */
export interface ArtifactProof extends CommittedArtifact {
  /** Its place among the committed nonces, in their order. */
  leafIndex: number;
  proof: Buffer[];
}

/** Why a proof is refused. */
export type ProofFault =
  | 'nonce'
  | 'vector_length'
  | 'vector_not_finite'
  | 'depth'
  | 'element_length'
  | 'order'
  | 'count'
  | 'leaf_index'
  | 'root';

/** A leaf over an artifact. */
export function leafNode({ nonce, vector }: CommittedArtifact): SumNode {
  const data = Buffer.alloc(5 + vector.length);
  data.writeInt32LE(nonce, 1);
  vector.copy(data, 5);
  return { hash: sha256(data), count: 1 };
}

function innerNode(left: SumNode, right: SumNode): SumNode {
  const count = left.count + right.count;
  const data = Buffer.alloc(1 + 2 * HASH_BYTES + 4);
  data[0] = 1;
  left.hash.copy(data, 1);
  right.hash.copy(data, 1 + HASH_BYTES);
  data.writeUInt32LE(count, 1 + 2 * HASH_BYTES);
  return { hash: sha256(data), count };
}

const EMPTY: SumNode[] = [{ hash: sha256(Buffer.from([0])), count: 0 }];

/** The root of an empty tree of `height` levels. */
export function emptyNode(height: number): SumNode {
  for (let level = EMPTY.length; level <= height; level++) {
    const below = EMPTY[level - 1] as SumNode;
    EMPTY.push(innerNode(below, below));
  }
  return EMPTY[height] as SumNode;
}

/** Levels of the tree for these nonces. */
export function depthOf(nonces: readonly number[]): number {
  const largest = nonces.reduce((most, nonce) => Math.max(most, nonce), 0);
  return Math.max(MIN_DEPTH, 32 - Math.clz32(largest));
}

/** The root over artifacts; each nonce may be there only once. */
export function rootOf(artifacts: readonly CommittedArtifact[]): SumNode {
  return nodeOver(sorted(artifacts), depthOf(artifacts.map(({ nonce }) => nonce)));
}

/** The proof of one of the artifacts, in the form that a host serves. */
export function proofOf(artifacts: readonly CommittedArtifact[], nonce: number): ArtifactProof {
  const all = sorted(artifacts);
  const leafIndex = all.findIndex((artifact) => artifact.nonce === nonce);
  const artifact = all[leafIndex];
  if (artifact === undefined) throw new RangeError(`nonce ${nonce} is not in the tree`);
  const proof: Buffer[] = [];
  let below: readonly CommittedArtifact[] = all;
  for (let height = depthOf(all.map(({ nonce: n }) => n)); height > 0; height--) {
    const [left, right] = halves(below, height - 1);
    const goesRight = bit(nonce, height - 1) === 1;
    proof.push(elementOf(nodeOver(goesRight ? left : right, height - 1)));
    below = goesRight ? right : left;
  }
  return { ...artifact, leafIndex, proof };
}

/**
 * Checks a proof against a commit, from the leaf to the root.
 *
 * @returns the first fault, or undefined where the artifact is in the host's commit
 */
export function proofFault(
  { nonce, vector, leafIndex, proof }: ArtifactProof,
  commit: { root: Buffer; count: number },
): ProofFault | undefined {
  if (!Number.isInteger(nonce) || nonce < 0 || nonce > MAX_NONCE) return 'nonce';
  if (vector.length !== PREFILL_BYTES && vector.length !== DECODE_BYTES) return 'vector_length';
  if (vector.length === PREFILL_BYTES && !isFinite16(vector)) return 'vector_not_finite';
  if (proof.length < depthOf([nonce]) || proof.length > MAX_DEPTH) return 'depth';
  if (proof.some(({ length }) => length !== ELEMENT_BYTES)) return 'element_length';
  const leaf = leafNode({ nonce, vector });
  const found = climb(leaf, nonce, proof);
  if (found === null) return 'count';
  if (!found.root.hash.equals(commit.root)) {
    const turned = climb(leaf, nonce, [...proof].reverse());
    return turned?.root.hash.equals(commit.root) ? 'order' : 'root';
  }
  if (found.root.count !== commit.count) return 'count';
  return found.index === leafIndex ? undefined : 'leaf_index';
}

/**
 * The root that follows from a proof, and the place of the leaf among all leaves; null where a count exceeds
 * 32 bits.
 */
function climb(leaf: SumNode, nonce: number, proof: Buffer[]): { root: SumNode; index: number } | null {
  let node = leaf;
  let index = 0;
  for (let height = 0; height < proof.length; height++) {
    const element = proof[proof.length - 1 - height] as Buffer;
    const sibling = {
      hash: element.subarray(0, HASH_BYTES),
      count: element.readUInt32LE(HASH_BYTES),
    };
    if (node.count + sibling.count > 0xffff_ffff) return null;
    const isRight = bit(nonce, height) === 1;
    if (isRight) index += sibling.count;
    node = isRight ? innerNode(sibling, node) : innerNode(node, sibling);
  }
  return { root: node, index };
}

function nodeOver(artifacts: readonly CommittedArtifact[], height: number): SumNode {
  const [first] = artifacts;
  if (first === undefined) return emptyNode(height);
  if (height === 0) return leafNode(first);
  const [left, right] = halves(artifacts, height - 1);
  return innerNode(nodeOver(left, height - 1), nodeOver(right, height - 1));
}

function halves(
  artifacts: readonly CommittedArtifact[],
  place: number,
): [readonly CommittedArtifact[], readonly CommittedArtifact[]] {
  const firstRight = artifacts.findIndex(({ nonce }) => bit(nonce, place) === 1);
  return firstRight < 0 ? [artifacts, []] : [artifacts.slice(0, firstRight), artifacts.slice(firstRight)];
}

function sorted(artifacts: readonly CommittedArtifact[]): CommittedArtifact[] {
  return [...artifacts].sort((a, b) => a.nonce - b.nonce);
}

function elementOf({ hash: digest, count }: SumNode): Buffer {
  const element = Buffer.alloc(ELEMENT_BYTES);
  digest.copy(element);
  element.writeUInt32LE(count, HASH_BYTES);
  return element;
}

function bit(nonce: number, place: number): number {
  return place > 31 ? 0 : (nonce >>> place) & 1;
}

/** Checks half-precision values: an exponent of 31 means infinity or NaN. */
function isFinite16(vector: Buffer): boolean {
  for (let offset = 0; offset < vector.length; offset += 2)
    if ((vector.readUInt16LE(offset) & 0x7c00) === 0x7c00) return false;
  return true;
}

function sha256(data: Buffer): Buffer {
  return hash('sha256', data, 'buffer');
}
