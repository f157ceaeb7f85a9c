import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { AssayError, messageOf } from '../errors.js';
import { accept } from '../schemas/accept.js';
import validateNodeConfig from '../schemas/generated/node-config.js';
import type { NodeObject } from './node-object.js';

/**
 * Reads the node objects of a file: one object, or an array of them.
 *
 * @param path a JSON file, or `-` for stdin
 * @throws AssayError naming the file, the place in it and the reason
 */
export async function readNodeConfig(path: string): Promise<NodeObject[]> {
  const value = await readConfigJson(path);
  return Array.isArray(value) ? (value as NodeObject[]) : [value as NodeObject];
}

/** Reads a file that must hold exactly one node object. */
export async function readOneNode(path: string): Promise<NodeObject> {
  const value = await readConfigJson(path);
  if (!Array.isArray(value)) return value as NodeObject;
  throw new AssayError(`${nameOf(path)}: an array, where one node object is meant`, {
    advice: 'take the one object out of it',
  });
}

async function readConfigJson(path: string): Promise<unknown> {
  const text = await (path === '-' ? readAll(process.stdin) : readFile(path, 'utf8')).catch(
    (error: NodeJS.ErrnoException) => {
      throw new AssayError(`${nameOf(path)}: ${error.code === 'ENOENT' ? 'no such file' : messageOf(error)}`);
    },
  );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AssayError(`${nameOf(path)}: not JSON (${messageOf(error)})`, {
      advice: '`assay node config --help` shows how to make one',
    });
  }
  return accept<unknown>(validateNodeConfig, value, nameOf(path));
}

function nameOf(path: string): string {
  return path === '-' ? 'node config on stdin' : `node config ${path}`;
}
