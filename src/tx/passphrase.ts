import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { AssayError, messageOf } from '../errors.js';
import { readWhole } from '../files/read-whole.js';
import type { Terminal } from '../terminal/terminal.js';

/**
 * Reads the keyring's passphrase, where `inferenced` cannot ask for it on the terminal.
 *
 * @param file the user's value: a path, `-` for stdin, or nothing
 * @returns undefined where the binary asks itself, or needs no passphrase
 */
export async function readPassphrase(
  file: string | undefined,
  keyringBackend: string,
  terminal: Terminal,
): Promise<string | undefined> {
  if (file !== undefined && file !== '-') return await fromFile(file, terminal);
  const needsNone = keyringBackend !== 'file' && keyringBackend !== 'os';
  if (file === undefined && (needsNone || process.stdin.isTTY === true)) return undefined;
  terminal.say('reading the passphrase from stdin');
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdin.destroy();
    return line;
  }
  throw new AssayError('no passphrase on stdin, and no terminal where inferenced could ask for it', {
    advice: 'run it on a terminal, pipe the passphrase in, or give --passphrase-file',
  });
}

async function fromFile(path: string, terminal: Terminal): Promise<string> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0)
      terminal.say(`warning: ${path} can be read by others; chmod 600 keeps the passphrase yours`);
    const [line = ''] = String(await readWhole(path, 1)).split(/\r?\n/);
    if (line !== '') return line;
  } catch (error) {
    throw new AssayError(`--passphrase-file ${path}: ${messageOf(error)}`);
  }
  throw new AssayError(`--passphrase-file ${path}: its first line is empty`);
}
