import { createReadStream } from 'node:fs';

const MIB = 1024 * 1024;
/** More does not fit into a text of JavaScript. */
const MOST_MIB = 512;

/**
 * Reads a file that a user named, whole and with a bound: a device that never ends would else take all memory.
 *
 * @param mostMib that are read
 * @throws the system's error, or an Error where there is more
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
