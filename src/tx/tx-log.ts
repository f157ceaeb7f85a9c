import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Choice } from '../chain/choice.js';
import { choiceText } from '../chain/choice.js';
import { type Journal, openJournal, readJournal } from '../journal/journal.js';

/** A line of the log: an attempt has at most one of each kind. */
type TxLogEntry = { id: string; time: string } & (
  | ({ event: 'sending' } & Sending)
  | { event: 'broadcast'; hash: string; code: number; log: string }
  /** It may have arrived, and why the result is not known. */
  | { event: 'unknown'; why: string; hash: string | null }
  | { event: 'outcome'; outcome: string; height: number | null }
);

/** The line that is written before the binary starts. */
export type Sending = {
  command: string;
  address: string;
  chain_id: string;
  model: string;
  choice: Choice;
  /** The account's sequence and the chain's height before it; absent in logs of older versions. */
  sequence?: string | null;
  height?: number;
};

/** One attempt to send, built from its lines. */
export interface SentTx {
  id: string;
  time: string;
  command: string;
  address: string;
  chainId: string;
  model: string;
  choice: Choice;
  /** The account's sequence before it; null: not known. */
  sequence: string | null;
  /** The chain's height before it; null: not recorded. */
  sentHeight: number | null;
  hash: string | null;
  height: number | null;
  /** null: its end is not known. */
  outcome: string | null;
}

/** The record of one attempt while it runs. */
export interface TxRecord {
  broadcast(hash: string, code: number, log: string): Promise<void>;
  unknown(why: string, hash: string | null): Promise<void>;
  outcome(outcome: string, height: number | null): Promise<void>;
}

/** The path of a folder's log. */
export function txLogPath(folder = process.cwd()): string {
  return join(folder, 'assay-tx.jsonl');
}

/** All attempts from a folder, oldest first. */
export async function readTxLog(path: string): Promise<SentTx[]> {
  return assemble((await readJournal<TxLogEntry>(path)) ?? []);
}

/** Opens the log for a new attempt, or for the rest of an earlier one. */
export async function openTxLog(path: string) {
  const journal = await openJournal<TxLogEntry>(path);
  return {
    sent: () => assemble(journal.entries),
    /** Written before the binary starts, so that the attempt is known even if the process dies. */
    async begin(attempt: Sending): Promise<TxRecord> {
      const id = randomUUID();
      await journal.append({ id, time: now(), event: 'sending', ...attempt });
      return recordOf(journal, id);
    },
    resume: (id: string): TxRecord => recordOf(journal, id),
    close: () => journal.close(),
  };
}

/**
 * The newest attempt for a model whose end is not known, for any choice. Undefined when there is none, or
 * when a later one is in a block, because the chain takes an account's transactions in order.
 */
export function findOpenAttempt(
  sent: SentTx[],
  of: { address: string; chainId: string; model: string },
): SentTx | undefined {
  const ofModel = sent.filter(
    ({ address, chainId, model }) => address === of.address && chainId === of.chainId && model === of.model,
  );
  const lastArrived = ofModel.findLastIndex(({ height }) => height !== null);
  return ofModel.slice(lastArrived + 1).findLast(({ outcome }) => outcome === null);
}

/** An attempt as a row for people. */
export function sentRow({ time, choice, model, hash, height, outcome }: SentTx): string[] {
  return [
    time,
    choiceText(choice),
    model,
    hash ?? 'none',
    height === null ? '' : String(height),
    outcome ?? 'unknown: it may still arrive',
  ];
}

function recordOf(journal: Journal<TxLogEntry>, id: string): TxRecord {
  return {
    unknown: (why, hash) => journal.append({ id, time: now(), event: 'unknown', why, hash }),
    broadcast: (hash, code, log) => journal.append({ id, time: now(), event: 'broadcast', hash, code, log }),
    outcome: (outcome, height) => journal.append({ id, time: now(), event: 'outcome', outcome, height }),
  };
}

function assemble(entries: readonly TxLogEntry[]): SentTx[] {
  const byId = new Map<string, SentTx>();
  for (const entry of entries) {
    if (entry.event === 'sending') {
      const { id, time, command, address, chain_id: chainId, model, choice, sequence, height } = entry;
      byId.set(id, {
        id,
        time,
        command,
        address,
        chainId,
        model,
        choice,
        sequence: sequence ?? null,
        sentHeight: height ?? null,
        hash: null,
        height: null,
        outcome: null,
      });
      continue;
    }
    const sent = byId.get(entry.id);
    if (sent === undefined) continue;
    if (entry.event !== 'outcome') sent.hash = entry.hash ?? sent.hash;
    else {
      sent.outcome = entry.outcome;
      sent.height = entry.height;
    }
  }
  return [...byId.values()];
}

function now(): string {
  return new Date().toISOString();
}
