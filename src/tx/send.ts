import { readSequence } from '../chain/account.js';
import { type Choice, choiceText, sameChoice } from '../chain/choice.js';
import type { RuleSet } from '../chain/rules/costs.js';
import { AssayError, UsageError } from '../errors.js';
import { authorizationFor } from '../http/credentials.js';
import { askYesNo } from '../terminal/prompt.js';
import type { Terminal } from '../terminal/terminal.js';
import { counted } from '../text/figures.js';
import { quoteForShell } from '../text/shell.js';
import { adviceFor, FLAGS, type SettingNames } from './advice.js';
import { checkTx, type TxFacts, type TxFinding } from './checks.js';
import { type Signer, txArguments } from './command-line.js';
import { AttemptEnded, type Confirmed, confirm } from './confirm.js';
import { gatherTxFacts } from './facts.js';
import { type Broadcast, broadcastTx, type Inferenced } from './inferenced.js';
import type { Attempt, Place } from './outcome.js';
import { readPassphrase } from './passphrase.js';
import { signingAddress } from './signing-address.js';
import { findOpenAttempt, openTxLog, type SentTx, type TxRecord, txLogPath } from './tx-log.js';
import { prepareWarmTx, warmCommands, warmKeyFinding } from './warm-key.js';

export interface SendRequest {
  model: string;
  wanted: Choice;
  signer: Signer;
  /** The address that the signing key must have, where it is known. */
  address: string | undefined;
  inferencedPath: string;
  passphraseFile: string | undefined;
  rules: RuleSet | 'auto';
  checkShare: boolean;
  dryRun: boolean;
  acceptWarnings: boolean;
  /** Sends even when the end of an earlier attempt is not known. */
  again: boolean;
  waitForBlock: boolean;
  timeoutMs: number;
  /** The log for sent transactions; default: the log of the present folder. */
  logPath?: string;
  /** The names of the user's settings; default: those of the command line. */
  names?: SettingNames;
}

/** The result of a transaction. */
export interface SendReport {
  outcome: 'dry_run' | 'already_stored' | 'stored' | 'broadcast';
  address: string | null;
  command: string;
  checks: TxFinding[];
  hash: string | null;
  height: number | null;
  stored: Choice | null;
}

interface Surroundings {
  terminal: Terminal;
  signal: AbortSignal;
}

/**
 * Makes the chain store a choice: checks, asks, sends, waits, and reads back. A second run finds what is
 * stored or on its way, and sends nothing twice. After a failed attempt only the chain can show whether it
 * arrived.
 *
 * @throws AssayError unless the chain has stored the choice (or, without waiting, accepted the transaction)
 */
export async function sendChoice(request: SendRequest, around: Surroundings): Promise<SendReport> {
  const { signer, wanted, dryRun, names = FLAGS } = request;
  const { terminal, signal } = around;
  const command = commandText(request);
  const passphrase = dryRun
    ? undefined
    : await readPassphrase(request.passphraseFile, signer.keyringBackend, terminal);
  const inferenced: Inferenced = { path: request.inferencedPath, passphrase, signal, names };
  const signing = await signingAddress(request.address, signer, dryRun ? undefined : inferenced);
  const { address, account } = signing;

  refusePassword(signer.nodeUrl);
  const facts = await gatherTxFacts({ ...request, nodeUrl: signer.nodeUrl, address, signal });
  const { granter } = signer;
  const warm = granter === undefined ? [] : [warmKeyFinding(granter, wanted, facts.view.version)];
  const checks = [...signing.findings, ...warm, ...checkTx(facts)];
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
  if (dryRun) return report('dry_run');
  refuseErrors(checks);
  if (address === undefined || facts.me === null) throw new Error('a sender without an address');

  const log = await openTxLog(request.logPath ?? txLogPath());
  const ready: ReadyTx = { command, account, address, stored: facts.me.choice, inferenced, facts, checks };
  try {
    const { outcome, ...rest } = await sendOnce(request, ready, log, around);
    return report(outcome, rest);
  } finally {
    await log.close();
  }
}

/** A transaction that is ready to send. */
interface ReadyTx {
  command: string;
  address: string;
  /** The account that signs. */
  account: string | undefined;
  /** The choice that the chain has stored now. */
  stored: Choice;
  inferenced: Inferenced;
  facts: TxFacts;
  checks: TxFinding[];
}

type Sent = Pick<SendReport, 'outcome'> & Partial<SendReport>;

/** Sends, unless the choice is stored or an earlier attempt stores it. */
async function sendOnce(
  request: SendRequest,
  ready: ReadyTx,
  log: Awaited<ReturnType<typeof openTxLog>>,
  around: Surroundings,
): Promise<Sent> {
  const { signer, model, wanted, names = FLAGS } = request;
  const { command, account, address, stored, inferenced, facts, checks } = ready;
  const { terminal, signal } = around;
  const earlier = findOpenAttempt(log.sent(), { address, chainId: signer.chainId, model });
  if (sameChoice(stored, wanted)) {
    if (earlier !== undefined && sameChoice(earlier.choice, wanted))
      await log.resume(earlier.id).outcome('stored', null);
    terminal.say(`the chain has stored ${choiceText(wanted)} already: nothing is sent`);
    return { outcome: 'already_stored' };
  }
  const { msPerBlock } = facts.view.pace;
  const place: Place = { nodeUrl: signer.nodeUrl, address, account, model, msPerBlock };
  const confirming = { place, timeoutMs: request.timeoutMs, names, ...around };
  if (earlier !== undefined && !request.again) {
    const record = log.resume(earlier.id);
    const done = await endOfEarlier(earlier, record, facts, confirming);
    if (done !== undefined && sameChoice(earlier.choice, wanted)) return { outcome: 'stored', ...done };
  }
  await acceptWarnings(checks, request, around);
  const sequence = await readSequence(signer.nodeUrl, account ?? address, { signal, retries: 2 }).catch(
    () => null,
  );
  signal.throwIfAborted();
  const { height } = facts.view.pace;
  const record = await log.begin({
    ...{ command, address, chain_id: signer.chainId, model, choice: wanted },
    ...{ sequence: sequence?.toString() ?? null, height },
  });
  const hash = await broadcast(inferenced, request, record, around);
  if (hash !== null && !request.waitForBlock) {
    terminal.say('accepted into the mempool, not confirmed: `assay bootstrap status` shows what is stored');
    return { outcome: 'broadcast', hash };
  }
  const attempt: Attempt = { wanted, hash, sequence, sentHeight: height };
  return { outcome: 'stored', ...(await confirm(attempt, record, confirming)) };
}

/**
 * Waits for the end of an attempt from an earlier run.
 *
 * @returns the place where it is stored; undefined when it cannot arrive any more, or stored something else
 */
async function endOfEarlier(
  earlier: SentTx,
  record: TxRecord,
  { view: { pace } }: TxFacts,
  confirming: Parameters<typeof confirm>[2],
): Promise<Confirmed | undefined> {
  const { terminal } = confirming;
  terminal.say(
    earlier.hash === null
      ? `whether the ${choiceText(earlier.choice)} of ${earlier.time} was sent is not known: looking for it`
      : `sent at ${earlier.time} and not seen in a block yet: ${earlier.hash}; nothing is sent twice`,
  );
  // Older logs have no height: it is computed from the time.
  const blocksSince = (Date.now() - Date.parse(earlier.time)) / Math.max(1, pace.msPerBlock);
  const attempt: Attempt = {
    wanted: earlier.choice,
    hash: earlier.hash,
    sequence: earlier.sequence === null ? null : BigInt(earlier.sequence),
    sentHeight: earlier.sentHeight ?? Math.floor(pace.height - blocksSince),
  };
  try {
    return await confirm(attempt, record, confirming);
  } catch (error) {
    if (!(error instanceof AttemptEnded)) throw error;
    terminal.say(`${error.message}: it is sent again`);
    return undefined;
  }
}

/** @returns the hash; null where the transaction may have arrived and the hash is not known */
async function broadcast(
  inferenced: Inferenced,
  tx: Pick<SendRequest, 'model' | 'wanted' | 'signer'>,
  record: TxRecord,
  { terminal, signal }: Surroundings,
): Promise<string | null> {
  const { names = FLAGS } = inferenced;
  let answer: Broadcast;
  try {
    answer = await sign(inferenced, tx);
  } catch (error) {
    // After an interruption here nothing is known. The log shows this by an attempt without an outcome.
    if (signal.aborted)
      terminal.say('it is not known whether it was sent: run the same command again to check');
    else await record.outcome('not sent', null);
    throw error;
  }
  if (answer.kind === 'unknown') {
    await record.unknown(answer.why, answer.hash);
    terminal.say(`${answer.why}; it may have been sent: looking for it on the chain`);
    return answer.hash;
  }
  const { hash, code, codespace, log } = answer;
  await record.broadcast(hash, code, log);
  if (code === 0 || isInMempool(answer)) {
    terminal.say(code === 0 ? `sent: ${hash}` : `the node has it already: ${hash}`);
    return hash;
  }
  await record.outcome(`refused by the mempool with code ${code}`, null);
  const advice = adviceFor({ text: log, code, codespace, gas: answer.gas }, names);
  throw new AssayError(`the node refused the transaction with code ${code}: ${log || 'no reason given'}`, {
    ...(advice !== undefined && { advice }),
  });
}

/** One call of the binary, or the calls that a warm key needs. */
async function sign(
  inferenced: Inferenced,
  { model, wanted, signer }: Pick<SendRequest, 'model' | 'wanted' | 'signer'>,
): Promise<Broadcast> {
  if (signer.granter === undefined) return await broadcastTx(inferenced, txArguments(model, wanted, signer));
  const { args, clear } = await prepareWarmTx(inferenced, model, signer);
  return await broadcastTx(inferenced, args).finally(clear);
}

/** The command line that a user would type. */
function commandText({ model, wanted, signer, inferencedPath }: SendRequest): string {
  const isWarm = signer.granter !== undefined;
  const calls = isWarm ? warmCommands(model, signer) : [txArguments(model, wanted, signer)];
  return calls.map((args) => quoteForShell([inferencedPath, ...args])).join(' > intent.json\n');
}

/** Code 19 of the SDK: the node already has this same transaction from an earlier broadcast. */
function isInMempool({ code, codespace, log }: { code: number; codespace: string; log: string }): boolean {
  return code === 19 && (codespace === 'sdk' || /already in (?:mempool|cache)/i.test(log));
}
function checkLine({ check, level, text }: TxFinding): string {
  return `${{ ok: 'ok', warning: 'WARNING', error: 'ERROR', not_checked: 'not checked' }[level].padEnd(11)}  ${check}: ${text}`;
}

function refuseErrors(checks: TxFinding[]): void {
  const errors = checks.filter(({ level }) => level === 'error');
  if (errors.length === 0) return;
  throw new AssayError(
    `nothing was sent: ${errors.map(({ check, text }) => `${check}: ${text}`).join('; ')}`,
  );
}

async function acceptWarnings(
  checks: TxFinding[],
  { acceptWarnings: accepted, wanted, model }: SendRequest,
  { terminal, signal }: Surroundings,
): Promise<void> {
  const count = checks.filter(({ level }) => level === 'warning').length;
  if (count === 0 || accepted) return;
  const warnings = counted(count, 'warning');
  if (!terminal.canAsk)
    throw new UsageError(`nothing was sent: there is no terminal to ask about ${warnings}`, {
      advice: 'read them above; --yes accepts them',
    });
  const question = `${warnings}; send ${choiceText(wanted)} for ${model} anyway?`;
  if (!(await askYesNo(question, { terminal, signal, yes: false }))) throw new AssayError('nothing was sent');
}

/** inferenced takes a password only as an argument, and every user of the machine can read arguments. */
function refusePassword(nodeUrl: string): void {
  if (authorizationFor(nodeUrl) === undefined) return;
  throw new AssayError(`inferenced cannot be given the password of ${nodeUrl}`, {
    advice: 'give a --node that needs none, for example the network node itself',
  });
}
