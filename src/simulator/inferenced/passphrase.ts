import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

const ATTEMPTS = 3;
const MIN_LENGTH = 8;

/**
 * Opens the keyring as the real binary does. On a terminal it asks without echo; otherwise it reads stdin
 * line by line. It allows three attempts in all.
 *
 * @returns the error; undefined when the keyring is open
 */
export async function unlockKeyring(passphrase: string): Promise<string | undefined> {
  const isTerminal = process.stdin.isTTY === true;
  const lines = createInterface({
    input: process.stdin,
    ...(isTerminal && {
      output: new Writable({ write: (_chunk, _encoding, done) => done() }),
      terminal: true,
    }),
  });
  lines.on('SIGINT', () => process.exit(1));
  const iterator = lines[Symbol.asyncIterator]();
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (isTerminal) process.stderr.write(`Enter keyring passphrase (attempt ${attempt}/${ATTEMPTS}):\n`);
      const { value, done } = await iterator.next();
      if (done) return 'EOF';
      if (value.length < MIN_LENGTH) process.stderr.write('password must be at least 8 characters\n');
      else if (value === passphrase) return undefined;
      else process.stderr.write('incorrect passphrase\n');
    }
    return 'too many failed passphrase attempts';
  } finally {
    lines.close();
  }
}
