import type { Terminal } from '../terminal/terminal.js';
import { keySettings } from './tx/options.js';

/** Where the keyring is. The key's name is left out, since to look at a host the host is named. */
function keyringOf({ KEYRING_BACKEND, KEYRING_DIR }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...(KEYRING_BACKEND !== undefined && { KEYRING_BACKEND }),
    ...(KEYRING_DIR !== undefined && { KEYRING_DIR }),
  };
}

/** The user's own address, where one is given; a key's name needs a call to the keyring. */
export async function addressToShow(
  args: Parameters<typeof keySettings>[0] & { inferenced: string; 'passphrase-file'?: string | undefined },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { from, address, keyringBackend, keyringDir } = keySettings(args, keyringOf(process.env));
  if (address !== undefined || from === undefined) return address;
  const [{ showKeyAddress }, { readPassphrase }] = await Promise.all([
    import('../tx/inferenced.js'),
    import('../tx/passphrase.js'),
  ]);
  const passphrase = await readPassphrase(args['passphrase-file'], keyringBackend, terminal);
  return await showKeyAddress(
    { path: args.inferenced, passphrase, signal },
    { from, keyringBackend, keyringDir },
  );
}
