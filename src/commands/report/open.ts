import { messageOf } from '../../errors.js';

/**
 * Shows a file or an address in the system's browser. Where there is none, the user is told what to open.
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
