import { parseLossless, toNumber, type WireInteger } from '../chain/integer.js';
import { AssayError, messageOf } from '../errors.js';
import { readWhole } from '../files/read-whole.js';
import { accept } from '../schemas/accept.js';
import validateProofs from '../schemas/generated/poc-proofs.js';
import type { ArtifactProof } from './smst.js';

type Maybe<T> = T | null | undefined;

interface WireProofs {
  proofs: {
    leaf_index?: Maybe<WireInteger>;
    nonce_value: Maybe<WireInteger>;
    vector_bytes: string;
    proof: string[];
  }[];
  root_hash?: Maybe<string>;
  count?: Maybe<WireInteger>;
  poc_stage_start_block_height?: Maybe<WireInteger>;
  model_id?: Maybe<string>;
  participant_address?: Maybe<string>;
  block_hash?: Maybe<string>;
  public_key?: Maybe<string>;
  seq_len?: Maybe<WireInteger>;
}

/** Saved proofs of a host, and their origin according to the file; null: the file does not say. */
export interface ProofFile {
  proofs: ArtifactProof[];
  root: string | null;
  count: number | null;
  height: number | null;
  model: string | null;
  address: string | null;
  blockHash: string | null;
  publicKey: string | null;
  seqLen: number | null;
}

/**
 * Reads a saved answer of `POST /v1/poc/proofs`. The file may also contain the request's fields.
 *
 * @throws AssayError naming the file and the place in it
 */
export async function readProofFile(path: string): Promise<ProofFile> {
  let text: unknown;
  try {
    text = parseLossless(String(await readWhole(path)));
  } catch (error) {
    throw new AssayError(`${path}: ${messageOf(error)}`, {
      advice: "give a saved answer of a host's /v1/poc/proofs",
    });
  }
  const wire = accept<WireProofs>(validateProofs, text, path);
  const number = (value: Maybe<WireInteger>) => (value == null ? null : toNumber(value));
  return {
    proofs: wire.proofs.map((item, index) => {
      const where = `${path}: proofs/${index}`;
      return {
        leafIndex: toNumber(item.leaf_index),
        nonce: toNumber(item.nonce_value),
        vector: bytesOf(item.vector_bytes, `${where}/vector_bytes`),
        proof: item.proof.map((element, place) => bytesOf(element, `${where}/proof/${place}`)),
      };
    }),
    root: wire.root_hash || null,
    count: number(wire.count),
    height: number(wire.poc_stage_start_block_height),
    model: wire.model_id || null,
    address: wire.participant_address || null,
    blockHash: wire.block_hash || null,
    publicKey: wire.public_key || null,
    seqLen: number(wire.seq_len),
  };
}

/** Checks for strict base64: Node's own decoder skips unknown characters. */
export function bytesOf(text: string, where: string): Buffer {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    throw new AssayError(`${where}: not base64`);
  return Buffer.from(text, 'base64');
}
