import { createReadStream } from 'node:fs';

const MIB = 1024 * 1024;
/** A JavaScript string cannot be longer. */
const MOST_MIB = 512;

/**
 * Reads a whole file that a user named, up to a limit: a device that never ends would otherwise fill all
 * memory.
 *
 * @param mostMib limit in MiB
 * @throws the system's error, or an Error where the file is larger
 */
export async function readWhole(path: string, mostMib = MOST_MIB): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: MIB }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostMib * MIB) throw new Error(`it is larger than ${mostMib} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
