import { AssayError, messageOf } from '../errors.js';

/**
 * Tells a result that is there, in a file or on a page. What goes wrong is said, and takes nothing from the result:
 * the exit code of a verdict stands whatever fails behind it.
 *
 * @param lost what is missing then: `the reports were not written`
 */
export async function tellOrSay(
  lost: string,
  say: (text: string) => void,
  tell: () => void | Promise<void>,
): Promise<void> {
  try {
    await tell();
  } catch (error) {
    const what = error instanceof AssayError ? error.line : `internal error: ${messageOf(error)}`;
    say(`assay: ${lost}: ${what}`);
  }
}
