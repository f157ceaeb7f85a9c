import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CommittedArtifact,
  depthOf,
  emptyNode,
  proofFault,
  proofOf,
  rootOf,
} from '../../src/poc/smst.js';

interface Tree {
  name: string;
  leaves: { nonce: number; vector_b64: string }[];
  depth: number;
  count: number;
  root_hash_hex: string;
  proofs: { leaf_index: number; nonce_value: number; vector_bytes: string; proof: string[] }[];
}
/** Computed by the chain's own code. */
const oracle = JSON.parse(readFileSync(new URL('../oracles/poc-smst.json', import.meta.url), 'utf8'));
const trees: Tree[] = oracle.trees;
const bytes = (text: string) => Buffer.from(text, 'base64');
const artifactsOf = ({ leaves }: Tree): CommittedArtifact[] =>
  leaves.map(({ nonce, vector_b64 }) => ({ nonce, vector: bytes(vector_b64) }));
const commitOf = ({ root_hash_hex, count }: Tree) => ({ root: Buffer.from(root_hash_hex, 'hex'), count });
const proofsOf = ({ proofs }: Tree) =>
  proofs.map(({ leaf_index, nonce_value, vector_bytes, proof }) => ({
    leafIndex: leaf_index,
    nonce: nonce_value,
    vector: bytes(vector_bytes),
    proof: proof.map(bytes),
  }));

it('begins with the hash of an empty leaf', () => {
  expect(emptyNode(0).hash.toString('hex')).toBe(oracle.empty_leaf_hex);
  expect(emptyNode(24).hash.toString('hex')).toBe(oracle.empty_tree_root_hex);
  expect(rootOf([])).toEqual(emptyNode(24));
});

describe.each(trees)("the chain's own tree: $name", (tree) => {
  it('has the same root and depth', () => {
    const root = rootOf(artifactsOf(tree));
    expect(root.hash.toString('hex')).toBe(tree.root_hash_hex);
    expect(root.count).toBe(tree.count);
    expect(depthOf(tree.leaves.map(({ nonce }) => nonce))).toBe(tree.depth);
  });

  it('makes the same proofs, and takes them', () => {
    for (const proof of proofsOf(tree)) {
      expect(proofOf(artifactsOf(tree), proof.nonce)).toEqual(proof);
      expect(proofFault(proof, commitOf(tree))).toBeUndefined();
    }
  });

  it.each([
    ['another root', { root: Buffer.alloc(32) }, {}, 'root'],
    ['another count', { count: 7_777 }, {}, 'count'],
    ['another place', {}, { leafIndex: 1_000 }, 'leaf_index'],
    ['another nonce', {}, { nonce: 3 }, 'root'],
    ['a nonce below zero', {}, { nonce: -1 }, 'nonce'],
    ['a nonce beyond 31 bits', {}, { nonce: 2 ** 31 }, 'nonce'],
    ['half a vector', {}, { vector: Buffer.alloc(12) }, 'vector_length'],
    ['an infinite value', {}, { vector: Buffer.from(`007c${'00'.repeat(22)}`, 'hex') }, 'vector_not_finite'],
    ['no proof', {}, { proof: [] }, 'depth'],
  ])('refuses %s', (_name, commit, change, expected) => {
    const [proof] = proofsOf(tree);
    expect(proofFault({ ...proof!, ...change }, { ...commitOf(tree), ...commit })).toBe(expected);
  });

  it('refuses a proof with wrong depth, order or element', () => {
    const [proof] = proofsOf(tree);
    const fault = (elements: Buffer[]) => proofFault({ ...proof!, proof: elements }, commitOf(tree));
    expect(fault([...proof!.proof].reverse())).toBe('order');
    expect(fault(proof!.proof.slice(0, 23))).toBe('depth');
    expect(fault([...proof!.proof, ...Array(9).fill(proof!.proof[0])])).toBe('depth');
    expect(fault([proof!.proof[0]!, ...proof!.proof])).toBe('root');
    expect(fault(proof!.proof.map((element) => element.subarray(0, 32)))).toBe('element_length');
    expect(fault(proof!.proof.map(() => Buffer.alloc(36, 255)))).toBe('count');
  });
});

it('proves every artifact of any tree, and no other', () => {
  const nonce = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 2 ** 31 - 1 }));
  const nonces = fc.uniqueArray(nonce, { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(nonces, fc.integer({ min: 0, max: 23 }), (list, byte) => {
      const artifacts = list.map((n, index) => ({ nonce: n, vector: Buffer.alloc(24, index + 1) }));
      const root = rootOf(artifacts);
      const commit = { root: root.hash, count: root.count };
      const order = [...list].sort((a, b) => a - b);
      for (const n of list) {
        const proof = proofOf(artifacts, n);
        expect(proof.leafIndex).toBe(order.indexOf(n));
        expect(proofFault(proof, commit)).toBeUndefined();
        const other = Buffer.from(proof.vector);
        other[byte] = other[byte]! ^ 1;
        expect(proofFault({ ...proof, vector: other }, commit)).toBe('root');
      }
    }),
    { numRuns: 40 },
  );
});

it('takes a vector of the decode scheme', () => {
  const artifacts = [{ nonce: 5, vector: Buffer.alloc(257, 0xff) }];
  const root = rootOf(artifacts);
  expect(proofFault(proofOf(artifacts, 5), { root: root.hash, count: 1 })).toBeUndefined();
});
