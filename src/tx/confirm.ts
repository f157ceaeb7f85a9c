import { type Choice, choiceText, sameChoice } from '../chain/choice.js';
import { AssayError } from '../errors.js';
import type { Terminal } from '../terminal/terminal.js';
import { adviceFor, type SettingNames } from './advice.js';
import { type Attempt, lookForEnding, type Place, readBackChoice } from './outcome.js';
import type { TxRecord } from './tx-log.js';

export interface Confirming {
  place: Place;
  timeoutMs: number;
  names: SettingNames;
  terminal: Terminal;
  signal: AbortSignal;
}

/** The block in which the chain has stored the choice. */
export interface Confirmed {
  hash: string | null;
  /** null: it is stored, and no hash identifies the block. */
  height: number | null;
  stored: Choice;
}

/** An attempt has ended, and has not stored its choice. */
export class AttemptEnded extends AssayError {}

/**
 * Waits until the chain shows how an attempt ended, and records that.
 *
 * @throws AttemptEnded when it failed, was lost, or another choice is stored; AssayError when the end is not
 *   known within the time
 */
export async function confirm(
  attempt: Attempt,
  record: TxRecord,
  { place, timeoutMs, names, terminal, signal }: Confirming,
): Promise<Confirmed> {
  const { hash, wanted } = attempt;
  const deadline = AbortSignal.timeout(timeoutMs);
  const patience = { signal: AbortSignal.any([signal, deadline]), onTrouble: terminal.say };
  try {
    const ending = await lookForEnding(place, attempt, patience);
    if (ending.kind === 'lost') {
      await record.outcome(`lost: ${ending.why}`, null);
      const what =
        hash === null
          ? `the ${choiceText(wanted)} is lost: ${ending.why}`
          : `transaction ${hash} is lost: ${ending.why}`;
      throw new AttemptEnded(what, { advice: 'run the same command again to send it again' });
    }
    if (ending.kind === 'stored') {
      await record.outcome('stored', null);
      return { hash, height: null, stored: wanted };
    }
    const { code, height, log } = ending.tx;
    if (code !== 0) {
      await record.outcome(`failed with code ${code}`, height);
      const advice = adviceFor({ text: log, code }, names);
      throw new AttemptEnded(`the transaction failed in block ${height} with code ${code}: ${log}`, {
        ...(advice !== undefined && { advice }),
      });
    }
    terminal.say(`in block ${height}`);
    const stored = await readBackChoice(place, wanted, patience);
    const isStored = sameChoice(stored, wanted);
    await record.outcome(isStored ? 'stored' : `replaced by ${choiceText(stored)}`, height);
    if (isStored) return { hash, height, stored };
    throw new AttemptEnded(
      `${hash} is in block ${height}, but the chain has ${choiceText(stored)} for ${place.address}, not ${choiceText(wanted)}`,
      { advice: 'another transaction has replaced it: check what was sent since' },
    );
  } catch (error) {
    if (signal.aborted || !deadline.aborted) throw error;
    throw notKnown(attempt, timeoutMs, names);
  }
}

function notKnown({ hash, wanted }: Attempt, timeoutMs: number, names: SettingNames): AssayError {
  const after = `after ${timeoutMs / 1000} s`;
  return new AssayError(
    hash === null
      ? `whether the ${choiceText(wanted)} was sent is not known ${after}: the chain has not stored it; it may still arrive`
      : `${hash} is in no block ${after}; it may still arrive`,
    { advice: `run the same command again: it checks for it and sends nothing twice${names.again}` },
  );
}
