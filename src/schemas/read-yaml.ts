import { parseDocument } from 'yaml';
import { AssayError, messageOf } from '../errors.js';
import { readWhole } from '../files/read-whole.js';

/** A hand writes no more. */
const MOST_MIB = 16;

/**
 * Reads a YAML file as whatever it holds, to be checked against a schema.
 *
 * @param subject what the file is, for messages: `fleet fleet.yaml`
 * @param advice where such a file comes from
 * @throws AssayError when it is missing, cannot be read or is no YAML
 */
export async function readYaml(path: string, subject: string, advice: string): Promise<unknown> {
  const bytes = await readWhole(path, MOST_MIB).catch((error: NodeJS.ErrnoException) => {
    throw new AssayError(`${subject}: ${messageOf(error)}`, error.code === 'ENOENT' ? { advice } : {});
  });
  try {
    // Warnings are errors: the library would print them itself, and an unknown tag would be ignored.
    const document = parseDocument(bytes.toString('utf8'), { logLevel: 'error' });
    const [wrong] = [...document.errors, ...document.warnings];
    if (wrong !== undefined) throw wrong;
    return document.toJS();
  } catch (error) {
    // The lines after the first show the place; a colon leads to them.
    const what = messageOf(error).split('\n')[0]?.replace(/:$/, '');
    throw new AssayError(`${subject}: not YAML (${what})`);
  }
}
