import { messageOf } from '../../errors.js';

/**
 * Opens a file or an address in the system's browser. Without a browser the user is told what to open.
 *
 * @param what a path or a URL
 */
export async function openInBrowser(what: string, say: (text: string) => void): Promise<void> {
  const { default: open } = await import('open');
  try {
    const child = await open(what);
    child.on('error', (error) => say(`no browser was opened (${messageOf(error)}): open ${what} yourself`));
  } catch (error) {
    say(`no browser was opened (${messageOf(error)}): open ${what} yourself`);
  }
}
