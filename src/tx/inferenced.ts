import { execa } from 'execa';
import { AssayError } from '../errors.js';
import { clip } from '../http/detail.js';
import { accept } from '../schemas/accept.js';
import validateBroadcast from '../schemas/generated/inferenced-broadcast.js';
import { keyArguments, type Signer } from './command-line.js';

/** The binary that holds the keys and signs. */
export interface Inferenced {
  path: string;
  /** Passed on by pipe; undefined: the binary asks on the terminal itself. */
  passphrase: string | undefined;
  signal: AbortSignal;
}

/** What the mempool said. Code 0 means accepted, not executed. */
export interface Broadcast {
  hash: string;
  code: number;
  log: string;
}

const TIMEOUT_MS = 10 * 60_000;

/** Asks the keyring for the address of a key. */
export async function showKeyAddress(
  inferenced: Inferenced,
  signer: Pick<Signer, 'from' | 'keyringBackend'>,
): Promise<string> {
  const output = await run(inferenced, keyArguments(signer));
  const address = output.trim().split('\n').at(-1)?.trim() ?? '';
  if (/^gonka1[a-z0-9]+$/.test(address)) return address;
  throw new AssayError(`inferenced gave no address for key "${signer.from}": ${clip(output) || 'nothing'}`);
}

/** Signs and broadcasts a transaction. */
export async function broadcastTx(inferenced: Inferenced, args: string[]): Promise<Broadcast> {
  const output = await run(inferenced, args);
  const line = output
    .split('\n')
    .reverse()
    .find((candidate) => candidate.startsWith('{'));
  if (line === undefined)
    throw new AssayError(`inferenced did not answer in JSON: ${clip(output) || 'it printed nothing'}`, {
      advice: 'look whether the choice was stored before sending again: `assay bootstrap status`',
    });
  const wire = accept<{ txhash: string; code?: number; raw_log?: string }>(
    validateBroadcast,
    parse(line),
    'answer of inferenced',
  );
  return { hash: wire.txhash, code: wire.code ?? 0, log: wire.raw_log ?? '' };
}

async function run({ path, passphrase, signal }: Inferenced, args: string[]): Promise<string> {
  const asksItself = passphrase === undefined;
  const result = await execa(path, args, {
    // An array of arguments and no shell: nothing in them can be taken for a command.
    shell: false,
    reject: false,
    timeout: TIMEOUT_MS,
    cancelSignal: signal,
    // The keyring tries three times; as many lines let it say itself that the passphrase is wrong.
    ...(asksItself ? { stdin: 'inherit' as const } : { input: `${passphrase}\n`.repeat(3) }),
    stderr: asksItself ? (['pipe', 'inherit'] as const) : 'pipe',
  });
  signal.throwIfAborted();
  if (result.code === 'ENOENT' || result.code === 'EACCES') throw notThere(path, result.code);
  if (result.timedOut) throw new AssayError(`inferenced did not end within ${TIMEOUT_MS / 60_000} minutes`);
  if (result.failed) throw failure(withoutSecret(String(result.stderr ?? ''), passphrase), result.exitCode);
  return withoutSecret(String(result.stdout ?? ''), passphrase);
}

function notThere(path: string, code: string): AssayError {
  return new AssayError(
    code === 'ENOENT' ? `${path}: no such program` : `${path}: cannot be run (permission denied)`,
    {
      advice:
        'get inferenced from https://github.com/gonka-ai/gonka/releases, then put it on the PATH or give --inferenced PATH',
    },
  );
}

/** Faults that people meet, by what the binary says. */
const ADVICE: [RegExp, string][] = [
  [
    /incorrect passphrase|invalid account password|too many failed passphrase/i,
    'try again with the right one',
  ],
  [
    /key not found|not a valid name or address/i,
    'see `inferenced keys list` with the same --keyring-backend for the names',
  ],
  [/insufficient fee/i, 'the chain asks for a fee: add --gas-prices 1ngonka'],
  [
    /sequence mismatch/i,
    'another transaction of this account is under way: run the command again in a block',
  ],
  [/participant not found/i, 'the account is not a participant: use the cold key that registered the host'],
  [
    /connection refused|no such host|bad gateway|service unavailable/i,
    'the node does not take it: try another',
  ],
];

/** What to do about something that the chain or the binary says. */
export function adviceFor(text: string): string | undefined {
  return ADVICE.find(([pattern]) => pattern.test(text))?.[1];
}

function failure(stderr: string, exitCode: number | undefined): AssayError {
  const lines = stderr.split('\n').map((line) => line.trim());
  const said = lines.find((line) => /^error/i.test(line)) ?? lines.filter(Boolean).at(-1) ?? '';
  const text = clip(said.replace(/^error:\s*/i, ''));
  const advice = adviceFor(stderr);
  return new AssayError(`inferenced failed (exit ${exitCode ?? 'by signal'}): ${text || 'it said nothing'}`, {
    ...(advice !== undefined && { advice }),
  });
}

function withoutSecret(text: string, secret: string | undefined): string {
  return secret ? text.replaceAll(secret, '***') : text;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
