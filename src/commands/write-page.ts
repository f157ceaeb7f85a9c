import type { Terminal } from '../terminal/terminal.js';

/** Writes a page, complete or not at all, and says where it is. */
export async function writePage(path: string, page: string, terminal: Terminal): Promise<void> {
  const { writeWhole } = await import('../files/write-whole.js');
  await writeWhole(path, page);
  terminal.say(`page written to ${path}`);
}
