import { addressFault } from '../chain/address.js';
import { type Choice, choiceText, sameChoice } from '../chain/choice.js';
import type { RuleSet } from '../chain/rules/costs.js';
import { AssayError, UsageError } from '../errors.js';
import { askYesNo } from '../terminal/prompt.js';
import type { Terminal } from '../terminal/terminal.js';
import { checkTx, type Finding, type TxFacts } from './checks.js';
import { quoteForShell, type Signer, txArguments } from './command-line.js';
import { readBackChoice, waitForTx } from './confirm.js';
import { gatherFacts } from './facts.js';
import { adviceFor, broadcastTx, type Inferenced, showKeyAddress } from './inferenced.js';
import { readPassphrase } from './passphrase.js';
import { findOpenAttempt, openTxLog, type SentTx, type TxRecord, txLogPath } from './tx-log.js';

export interface SendRequest {
  model: string;
  wanted: Choice;
  signer: Signer;
  /** The signer's address, where it is known without asking the keyring. */
  address: string | undefined;
  inferencedPath: string;
  passphraseFile: string | undefined;
  rules: RuleSet | 'auto';
  checkShare: boolean;
  dryRun: boolean;
  acceptWarnings: boolean;
  waitForBlock: boolean;
  timeoutMs: number;
  /** Where what is sent is recorded; default: the log of the present folder. */
  logPath?: string;
}

/** What became of it. */
export interface SendReport {
  outcome: 'dry_run' | 'already_stored' | 'stored' | 'broadcast';
  address: string | null;
  command: string;
  checks: Finding[];
  hash: string | null;
  height: number | null;
  stored: Choice | null;
}

interface Surroundings {
  terminal: Terminal;
  signal: AbortSignal;
}

/** An attempt whose hash no block has after this time is taken for lost, and sent again. */
const LOST_AFTER_MS = 10 * 60_000;

/**
 * Makes the chain store a choice: checks, asks, sends, waits, and reads back. Run again it finds what is
 * stored or under way and sends nothing twice.
 *
 * @throws AssayError unless the chain has stored what was asked (or, without waiting, accepted it)
 */
export async function sendChoice(request: SendRequest, around: Surroundings): Promise<SendReport> {
  const { signer, model, wanted } = request;
  const { terminal, signal } = around;
  const args = txArguments(model, wanted, signer);
  const command = quoteForShell([request.inferencedPath, ...args]);
  const passphrase = request.dryRun
    ? undefined
    : await readPassphrase(request.passphraseFile, signer.keyringBackend, terminal);
  const inferenced: Inferenced = { path: request.inferencedPath, passphrase, signal };
  const address = await addressOfSigner(request, inferenced);

  const facts = await gatherFacts({ ...request, nodeUrl: signer.nodeUrl, address, signal });
  const checks = checkTx(facts);
  for (const check of checks) terminal.say(checkLine(check));
  const report = (outcome: SendReport['outcome'], rest: Partial<SendReport> = {}): SendReport => ({
    outcome,
    address: address ?? null,
    command,
    checks,
    hash: null,
    height: null,
    stored: facts.me?.choice ?? null,
    ...rest,
  });
  if (request.dryRun) return report('dry_run');
  refuseErrors(checks);
  if (address === undefined || facts.me === null) throw new Error('a sender without an address');
  if (sameChoice(facts.me.choice, wanted)) {
    terminal.say(`the chain has stored ${choiceText(wanted)} already: nothing is sent`);
    return report('already_stored');
  }

  const log = await openTxLog(request.logPath ?? txLogPath());
  try {
    const attempt = { address, chainId: signer.chainId, model, choice: wanted };
    const earlier = recentAttempt(findOpenAttempt(log.sent(), attempt));
    if (earlier?.hash === null) {
      terminal.say(`an attempt at ${earlier.time} was cut short: looking whether it arrives`);
      const { msPerBlock } = facts.view.pace;
      const patience = { signal, onTrouble: terminal.say };
      const stored = await readBackChoice(signer.nodeUrl, address, model, wanted, msPerBlock, patience);
      const hasArrived = sameChoice(stored, wanted);
      await log.resume(earlier.id).outcome(hasArrived ? 'stored' : 'cut short, and not arrived', null);
      if (hasArrived) return report('already_stored', { stored });
    } else if (earlier !== undefined) {
      terminal.say(
        `sent at ${earlier.time} and not seen in a block yet: ${earlier.hash}; nothing is sent twice`,
      );
      const done = await confirm(earlier.hash, log.resume(earlier.id), request, facts, address, around);
      return report('stored', done);
    }
    await acceptWarnings(checks, request, around);
    const record = await log.begin({ command, address, chain_id: signer.chainId, model, choice: wanted });
    const hash = await broadcast(inferenced, args, record);
    terminal.say(`sent: ${hash}`);
    if (!request.waitForBlock) {
      terminal.say('accepted into the mempool, not awaited: `assay bootstrap status` shows what is stored');
      return report('broadcast', { hash });
    }
    return report('stored', await confirm(hash, record, request, facts, address, around));
  } finally {
    await log.close();
  }
}

async function addressOfSigner(
  { address, signer, dryRun }: SendRequest,
  inferenced: Inferenced,
): Promise<string | undefined> {
  if (address !== undefined) return address;
  if (addressFault(signer.from) === undefined) return signer.from;
  return dryRun ? undefined : await showKeyAddress(inferenced, signer);
}

function checkLine({ check, level, text }: Finding): string {
  return `${{ ok: 'ok', warning: 'WARNING', error: 'ERROR', not_checked: 'not checked' }[level].padEnd(11)}  ${check}: ${text}`;
}

function refuseErrors(checks: Finding[]): void {
  const errors = checks.filter(({ level }) => level === 'error');
  if (errors.length === 0) return;
  throw new AssayError(
    `nothing was sent: ${errors.map(({ check, text }) => `${check}: ${text}`).join('; ')}`,
  );
}

async function acceptWarnings(
  checks: Finding[],
  { acceptWarnings: accepted, wanted, model }: SendRequest,
  { terminal, signal }: Surroundings,
): Promise<void> {
  const count = checks.filter(({ level }) => level === 'warning').length;
  if (count === 0 || accepted) return;
  const warnings = count === 1 ? '1 warning' : `${count} warnings`;
  if (!terminal.canAsk)
    throw new UsageError(`nothing was sent: ${warnings}, and nobody can be asked`, {
      advice: 'read them above; --yes accepts them',
    });
  const question = `${warnings}; send ${choiceText(wanted)} for ${model} all the same?`;
  if (!(await askYesNo(question, { terminal, signal, yes: false }))) throw new AssayError('nothing was sent');
}

/** An earlier attempt that may still arrive. */
function recentAttempt(sent: SentTx | undefined): SentTx | undefined {
  return sent === undefined || Date.now() - Date.parse(sent.time) > LOST_AFTER_MS ? undefined : sent;
}

async function broadcast(inferenced: Inferenced, args: string[], record: TxRecord): Promise<string> {
  const { hash, code, log } = await broadcastTx(inferenced, args).catch(async (error) => {
    await record.outcome('not sent', null);
    throw error;
  });
  await record.broadcast(hash, code, log);
  if (code === 0) return hash;
  await record.outcome(`refused by the mempool with code ${code}`, null);
  const advice = adviceFor(log);
  throw new AssayError(`the node refused the transaction with code ${code}: ${log || 'no reason given'}`, {
    ...(advice !== undefined && { advice }),
  });
}

async function confirm(
  hash: string,
  record: TxRecord,
  { signer, model, wanted, timeoutMs }: SendRequest,
  facts: TxFacts,
  address: string,
  { terminal, signal }: Surroundings,
): Promise<Pick<SendReport, 'hash' | 'height' | 'stored'>> {
  const { nodeUrl } = signer;
  const { msPerBlock } = facts.view.pace;
  const deadline = AbortSignal.timeout(timeoutMs);
  const patience = {
    signal: AbortSignal.any([signal, deadline]),
    onTrouble: (text: string) => terminal.say(text),
  };
  try {
    const tx = await waitForTx(nodeUrl, hash, msPerBlock, patience);
    if (tx.code !== 0) {
      await record.outcome(`failed with code ${tx.code}`, tx.height);
      const advice = adviceFor(tx.log);
      throw new AssayError(`the transaction failed in block ${tx.height} with code ${tx.code}: ${tx.log}`, {
        ...(advice !== undefined && { advice }),
      });
    }
    terminal.say(`in block ${tx.height}`);
    const stored = await readBackChoice(nodeUrl, address, model, wanted, msPerBlock, patience);
    const isStored = sameChoice(stored, wanted);
    await record.outcome(isStored ? 'stored' : `the chain has ${choiceText(stored)}`, tx.height);
    if (isStored) return { hash, height: tx.height, stored };
    throw new AssayError(
      `${hash} is in block ${tx.height}, but the chain has ${choiceText(stored)} for ${address}, not ${choiceText(wanted)}`,
      { advice: 'another transaction has replaced it, or --address is not that of --from' },
    );
  } catch (error) {
    if (signal.aborted || !deadline.aborted) throw error;
    throw new AssayError(`${hash} is in no block after ${timeoutMs / 1000} s; it may still arrive`, {
      advice: 'run the same command again: it looks for it and sends nothing twice',
    });
  }
}
