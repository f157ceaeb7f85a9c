import { addressFault } from '../chain/address.js';
import { AssayError } from '../errors.js';
import { clip } from '../http/detail.js';
import validateBroadcast from '../schemas/generated/inferenced-broadcast.js';
import { adviceFor, FLAGS, type SettingNames } from './advice.js';
import { type Keyring, keyArguments } from './command-line.js';
import { type Ended, runProgram } from './process.js';

/** The binary that holds the keys and signs. */
export interface Inferenced {
  path: string;
  /** Passed by pipe; undefined: the binary asks on the terminal itself. */
  passphrase: string | undefined;
  signal: AbortSignal;
  /** The names of the user's settings; default: those of the command line. */
  names?: SettingNames;
}

/** The result of a broadcast. It stays unknown until the chain shows the transaction. */
export type Broadcast =
  /** The mempool's answer. Code 0 means accepted, not executed. */
  | { kind: 'answered'; hash: string; code: number; codespace: string; log: string; gas: number | undefined }
  /** It may have arrived: why nothing more is known, and the hash where it was printed. */
  | { kind: 'unknown'; why: string; hash: string | null };

const TIMEOUT_MS = 10 * 60_000;
const VERSION_TIMEOUT_MS = 5_000;

/**
 * Asks the keyring for the address of a key.
 *
 * @throws AssayError when the keyring has no such key, or gives no address
 */
export async function showKeyAddress(inferenced: Inferenced, signer: Keyring): Promise<string> {
  const ended = await run(inferenced, keyArguments(signer));
  if (ended.exitCode !== 0) throw failure(ended, inferenced);
  const address = ended.stdout.trim().split('\n').at(-1)?.trim() ?? '';
  if (addressFault(address) === undefined) return address;
  throw new AssayError(
    `inferenced gave no address for key "${signer.from}": ${clip(ended.stdout) || 'nothing'}`,
  );
}

/**
 * Signs and broadcasts a transaction.
 *
 * @throws AssayError for a failure before the broadcast; the signal's reason, after which it may have arrived
 */
export async function broadcastTx(inferenced: Inferenced, args: string[]): Promise<Broadcast> {
  const ended = await run(inferenced, args);
  const answer = answerIn(ended.stdout);
  if (answer !== undefined) return { ...answer, gas: gasOf(ended.stderr, args) };
  if (endedBeforeBroadcast(ended)) throw failure(ended, inferenced, gasOf(ended.stderr, args));
  return { kind: 'unknown', why: howItEnded(ended), hash: hashIn(ended.stdout) };
}

/** The binary's help text for a command; empty where it prints none. */
export async function helpOf(inferenced: Inferenced, words: string[]): Promise<string> {
  const { stdout, stderr } = await run(inferenced, [...words, '--help']);
  return `${stdout}\n${stderr}`;
}

/**
 * Makes an unsigned transaction.
 *
 * @returns its JSON
 * @throws AssayError when the binary fails to make it
 */
export async function makeTx(inferenced: Inferenced, args: string[]): Promise<string> {
  const ended = await run(inferenced, args);
  if (ended.exitCode !== 0) throw failure(ended, inferenced);
  const line = ended.stdout.split('\n').findLast((candidate) => candidate.startsWith('{'));
  if (line !== undefined && parse(line) !== undefined) return line;
  throw new AssayError(`inferenced made no transaction: ${clip(ended.stdout) || 'it printed nothing'}`);
}

/**
 * The version that `inferenced version` prints, on stdout or stderr.
 *
 * @throws AssayError when it is not there, or does not say
 */
export async function versionOf(path: string, signal: AbortSignal): Promise<string> {
  const ended = await runProgram(path, ['version'], { input: '', timeoutMs: VERSION_TIMEOUT_MS, signal });
  if (ended.notStarted !== undefined) throw notThere(path, ended.notStarted);
  const said = clip((ended.stdout.trim() || ended.stderr.trim()).split('\n')[0] ?? '');
  if (ended.exitCode === 0 && said) return said;
  const how = ended.timedOut ? `no answer in ${VERSION_TIMEOUT_MS / 1_000} s` : exitText(ended);
  throw new AssayError(
    said === ''
      ? `${path} does not tell its version: ${how}`
      : `${path} does not tell its version (${how}): ${said}`,
  );
}

async function run({ path, passphrase, signal }: Inferenced, args: string[]): Promise<Ended> {
  const ended = await runProgram(path, args, {
    // The keyring asks three times. With as many lines it reports a wrong passphrase itself.
    input: passphrase === undefined ? undefined : `${passphrase}\n`.repeat(3),
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  if (ended.notStarted !== undefined) throw notThere(path, ended.notStarted);
  const hidden = (text: string) => (passphrase ? text.replaceAll(passphrase, '***') : text);
  return { ...ended, stdout: hidden(ended.stdout), stderr: hidden(ended.stderr) };
}

/**
 * The messages of inferenced when it fails before it sends, or when the node refuses the transaction. After
 * any other failure (a broken connection, a proxy's error page, a signal, silence) the node may have accepted
 * it.
 */
const BEFORE_BROADCAST = [
  /unknown command|unknown (?:shorthand )?flag|invalid argument ".*" for|required flag|accepts \d+ arg/i,
  /GLIBC_\S* not found|error while loading shared libraries|exec format error|syntax error near/i,
  /incorrect passphrase|invalid account password|too many failed passphrase|at least 8 characters/i,
  /key not found|not a valid name or address|account \S+ not found/i,
  // The gas simulation, which runs before the signature.
  /failed to execute message|with gas used/i,
  // No connection was made, so nothing was sent.
  /dial tcp|connect: connection refused|no such host/i,
  // The node's refusal, as an error of the call.
  /insufficient fee|insufficient funds|sequence mismatch|signature verification failed|mempool is full/i,
];

/** A request was sent, and its answer was lost: a proxy's error page may quote any other message. */
const ANSWER_LOST = /\bEOF\b|\bStatus: \d{3}\b|connection reset|broken pipe|deadline exceeded/i;

function endedBeforeBroadcast({ exitCode, stderr }: Ended): boolean {
  if (exitCode === null || exitCode === 0) return false;
  const error = errorIn(stderr);
  return !ANSWER_LOST.test(error) && BEFORE_BROADCAST.some((pattern) => pattern.test(error));
}

/** The last error, without the warnings before it, such as those of attempts that were repeated. */
function errorIn(stderr: string): string {
  return stderr.slice(Math.max(0, `\n${stderr}`.lastIndexOf('\nError: ')));
}

function howItEnded({ exitCode, timedOut, stdout, stderr }: Ended): string {
  if (timedOut) return `inferenced did not end within ${TIMEOUT_MS / 60_000} minutes`;
  if (exitCode === null) return 'inferenced was ended by a signal';
  if (exitCode === 0)
    return `inferenced gave an answer that cannot be read: ${clip(stdout) || 'it printed nothing'}`;
  return `inferenced failed (exit ${exitCode}): ${lastWords(stderr) || 'it said nothing'}`;
}

function answerIn(stdout: string) {
  const line = stdout.split('\n').findLast((candidate) => candidate.startsWith('{'));
  const wire = parse(line ?? '');
  if (!validateBroadcast(wire)) return undefined;
  const { txhash, code, codespace, raw_log } = wire as {
    txhash: string;
    code?: number;
    codespace?: string;
    raw_log?: string;
  };
  return {
    kind: 'answered' as const,
    hash: txhash.toUpperCase(),
    code: code ?? 0,
    codespace: codespace ?? '',
    log: clip(raw_log ?? ''),
  };
}

/** A hash in an answer in another format, such as YAML. */
function hashIn(stdout: string): string | null {
  return /\btxhash["']?\s*[:=]\s*["']?([0-9a-f]{64})\b/i.exec(stdout)?.[1]?.toUpperCase() ?? null;
}

/** The gas limit: estimated, or given by the user. */
function gasOf(stderr: string, args: string[]): number | undefined {
  const given = args[args.indexOf('--gas') + 1];
  const text = /gas estimate: ?(\d{1,15})/.exec(stderr)?.[1] ?? given ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function notThere(path: string, code: string): AssayError {
  const why =
    { ENOENT: 'no such program', EACCES: 'cannot be run (permission denied)' }[code] ??
    `cannot be run (${code})`;
  return new AssayError(`${path}: ${why}`, {
    advice:
      'get inferenced from https://github.com/gonka-ai/gonka/releases, then put it on the PATH or give its path',
  });
}

function failure(
  { exitCode, timedOut, stderr }: Ended,
  { names = FLAGS }: Inferenced,
  gas?: number,
): AssayError {
  const how = timedOut ? `no end in ${TIMEOUT_MS / 60_000} minutes` : exitText({ exitCode });
  const advice = adviceFor({ text: stderr, gas }, names);
  return new AssayError(`inferenced failed (${how}): ${lastWords(stderr) || 'it said nothing'}`, {
    ...(advice !== undefined && { advice }),
  });
}

function exitText({ exitCode }: Pick<Ended, 'exitCode'>): string {
  return exitCode === null ? 'ended by a signal' : `exit ${exitCode}`;
}

function lastWords(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const said = lines.find((line) => /^error/i.test(line)) ?? lines.filter(Boolean).at(-1) ?? '';
  return clip(said.replace(/^error:\s*/i, ''));
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
