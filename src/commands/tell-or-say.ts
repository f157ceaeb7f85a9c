import { AssayError, messageOf } from '../errors.js';

/**
 * Writes an existing result to a file or a page. An error here is reported on stderr, and the result stays as
 * it is: the exit code of a verdict does not change.
 *
 * @param lost what is missing after an error: `the reports were not written`
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
    const line = `${lost}: ${what}`;
    say(`assay: ${line}`);
  }
}
