import { createHash } from 'node:crypto';
import { choicesOf, type IncludedTx, type SimulatedChain, type SimulatedTx } from './chain.js';

interface Verdict {
  code: number;
  codespace: string;
  log: string;
}

const ACCEPTED: Verdict = { code: 0, codespace: '', log: '' };

/** The account whose signature and sequence number the transaction has. */
function signerOf({ from, grantee }: SimulatedTx): string {
  return grantee ?? from;
}

/** The mempool's check of a transaction: only fee and sequence number. */
export function checkTx(chain: SimulatedChain, tx: SimulatedTx): Verdict {
  const fee = tx.fee ?? Math.ceil(tx.gasPrice * tx.gas);
  const needed = Math.ceil(chain.minGasPrice * tx.gas);
  if (fee < needed) {
    return {
      code: 13,
      codespace: 'sdk',
      log: `insufficient fees; got: ${fee === 0 ? '' : `${fee}ngonka`} required: ${needed}ngonka: insufficient fee`,
    };
  }
  const expected = chain.sequences.get(signerOf(tx)) ?? 0;
  if (chain.sequenceMismatches > 0) {
    chain.sequenceMismatches -= 1;
    return mismatch(expected + 1, tx.sequence);
  }
  return tx.sequence === expected ? ACCEPTED : mismatch(expected, tx.sequence);
}

function mismatch(expected: number, got: number): Verdict {
  return {
    code: 32,
    codespace: 'sdk',
    log: `account sequence mismatch, expected ${expected}, got ${got}: incorrect account sequence`,
  };
}

/** The result of executing the transaction. */
export function executeTx(chain: SimulatedChain, tx: SimulatedTx, apply: boolean): Verdict {
  const refuse = (code: number, log: string): Verdict => ({ code, codespace: 'inference', log });
  const isHost = (address: string) => chain.hosts.some((host) => host.address === address);
  if (
    tx.grantee !== undefined &&
    (chain.grants.get(tx.grantee) !== tx.from || tx.type !== 'declare-poc-intent')
  )
    return { code: 2, codespace: 'authz', log: 'failed to update grant: authorization not found' };
  if (!isHost(tx.from)) return refuse(1103, `${tx.from}: participant not found`);
  if (!chain.models.some(({ modelId }) => modelId === tx.modelId))
    return refuse(1134, `${tx.modelId}: model not found`);
  const choices = choicesOf(chain, tx.modelId);
  if (tx.type === 'declare-poc-intent') {
    if (apply) choices.set(tx.from, { kind: 'intent' });
  } else if (tx.type === 'refuse-poc-delegation') {
    if (apply) choices.set(tx.from, { kind: 'refusal' });
  } else if (!tx.delegateTo) {
    if (apply) choices.delete(tx.from);
  } else {
    if (tx.delegateTo === tx.from) return refuse(1175, 'delegation to self is not allowed');
    if (!isHost(tx.delegateTo)) return refuse(1103, `${tx.delegateTo}: participant not found`);
    if (apply) choices.set(tx.from, { kind: 'delegation', delegateTo: tx.delegateTo });
  }
  return ACCEPTED;
}

/** Adds a transaction to the mempool if the mempool accepts it. */
export function broadcast(chain: SimulatedChain, tx: SimulatedTx): Verdict & { hash: string } {
  const hash = createHash('sha256').update(JSON.stringify(tx)).digest('hex').toUpperCase();
  if (chain.mempool.some((waiting) => waiting.hash === hash))
    return { code: 19, codespace: 'sdk', log: 'tx already in mempool', hash };
  const verdict = checkTx(chain, tx);
  if (verdict.code === 0) {
    chain.sequences.set(signerOf(tx), tx.sequence + 1);
    chain.mempool.push({ hash, tx });
  }
  return { ...verdict, hash };
}

/** Executes the transactions of the mempool in the block that is being made. */
export function includeMempool(chain: SimulatedChain): void {
  if (chain.holdsTransactions) return;
  for (const { hash, tx } of chain.mempool.splice(0)) {
    const included: IncludedTx = { height: chain.height, ...executeTx(chain, tx, true) };
    chain.txs.set(hash, included);
    chain.blockSequences.set(signerOf(tx), tx.sequence + 1);
  }
}
