import type { VectorSet } from '../../compare/vector-set.js';
import { AssayError, UsageError } from '../../errors.js';
import type { ProofFile } from '../../poc/proof-file.js';
import type { Context } from '../command.js';

/** The vectors of saved proofs, compared with other vectors of the same nonces. */
export interface MeasuredProofs {
  against: string;
  common: number;
  threshold: number;
  /** Source of the threshold. */
  threshold_source: string;
  /** Nonces above the threshold, or without a distance. */
  off: number[];
  l2: { mean: number; max: number } | null;
  note: string | null;
}

interface MeasureArgs {
  against: string;
  model?: string | undefined;
  threshold?: number | undefined;
  'block-hash'?: string | undefined;
  'public-key'?: string | undefined;
  'seq-len'?: number | undefined;
}

/** Bytes of a prefill vector: twelve half-precision values. */
const PREFILL_BYTES = 24;

/** Measures the proofs' vectors against a reference, a run, or a trusted node that computes them. */
export async function measureProofs(
  file: ProofFile,
  args: MeasureArgs,
  { terminal, signal }: Pick<Context, 'terminal' | 'signal'>,
): Promise<MeasuredProofs> {
  if (file.proofs.some(({ vector }) => vector.length !== PREFILL_BYTES))
    throw new AssayError('--against measures vectors of prefill (24 bytes); these are not', {
      advice: 'leave out --against: the proofs are checked without it',
    });
  const [
    { comparePair },
    { readSources, resolveSource },
    { withSteps },
    { resolveStatTest },
    { referenceThresholds },
  ] = await Promise.all([
    import('../../compare/compare.js'),
    import('../../compare/sources.js'),
    import('../../compare/threads.js'),
    import('../../run/thresholds.js'),
    import('../../run/reference-thresholds.js'),
  ]);
  const source = await resolveSource(args.against);
  return await withSteps(source.bytes, async (steps) => {
    const asked = source.kind === 'node' ? await setOf(file, args, null) : null;
    const onWarning = (text: string) => terminal.say(`warning: ${text}`);
    const live = { guide: asked, signal, onWarning };
    const [other] = await readSources([source], steps, { live, ...(args.model && { model: args.model }) });
    if (other === undefined) throw new UsageError(`${args.against} holds no vectors`);
    const own = asked ?? (await setOf(file, args, other));
    const brought = await referenceThresholds(other.parameters);
    const resolved = resolveStatTest([
      { ...brought, source: brought.source === 'reference' ? other.label : brought.source },
      { source: 'command line', values: { dist_threshold: args.threshold } },
    ]);
    // A node's default threshold belongs to no model: it must never call a vector a mismatch.
    if (resolved.source.dist_threshold === 'node default')
      throw new UsageError(`no threshold is known for ${other.label}`, { advice: 'give --threshold' });
    const { comparison, nonces, l2 } = await comparePair(own, other, resolved.values, steps);
    const threshold = resolved.values.dist_threshold;
    const off = [...nonces].filter((_, row) => !((l2[row] as number) <= threshold));
    const isTold = file.blockHash !== null || args['block-hash'] !== undefined;
    return {
      against: other.label,
      common: comparison.common,
      threshold,
      threshold_source: String(resolved.source.dist_threshold),
      off,
      l2: comparison.l2 && { mean: comparison.l2.mean, max: comparison.l2.max },
      note: isTold
        ? null
        : 'the file does not name the block hash of its vectors: assay assumes that they are of the same computation',
    };
  });
}

/**
 * The file's vectors as a recording; parameters that the file lacks come from the other side, if there is
 * one.
 */
async function setOf(file: ProofFile, args: MeasureArgs, other: VectorSet | null): Promise<VectorSet> {
  const [{ shared }, { schemeOf }] = await Promise.all([
    import('../../compare/vector-set.js'),
    import('../../schemes/index.js'),
  ]);
  const from = other?.parameters;
  const told = {
    model: args.model ?? file.model ?? from?.model,
    seq_len: args['seq-len'] ?? file.seqLen ?? from?.seq_len,
    block_hash: args['block-hash'] ?? file.blockHash ?? from?.block_hash,
    public_key: args['public-key'] ?? file.publicKey ?? from?.public_key,
  };
  const missing = Object.entries(told).find(([, value]) => value === undefined);
  if (missing !== undefined)
    throw new UsageError(`a node can only be asked with the ${missing[0]} of the vectors`, {
      advice: `give --${missing[0].replaceAll('_', '-')}`,
    });
  const parameters = { ...from, ...told, k_dim: 12 } as VectorSet['parameters'];
  const scheme = schemeOf(parameters);
  const length = scheme.rowLength(parameters);
  const byNonce = new Map(file.proofs.map(({ nonce, vector }) => [nonce, vector.toString('base64')]));
  const rows = new Float32Array(byNonce.size * length).fill(Number.NaN);
  let row = 0;
  for (const [nonce, vector_b64] of byNonce) scheme.read({ nonce, vector_b64 }, rows, row++ * length, length);
  return { label: 'the proofs', parameters, ...shared([...byNonce.keys()], rows) };
}
