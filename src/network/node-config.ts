import { text as readAll } from 'node:stream/consumers';
import { AssayError, messageOf } from '../errors.js';
import { readWhole } from '../files/read-whole.js';
import { readHostName } from '../http/host-name.js';
import { acceptAsIs } from '../schemas/accept.js';
import validateNodeConfig from '../schemas/generated/node-config.js';
import { requireHost } from './node-host.js';
import type { NodeObject } from './node-object.js';

/**
 * Reads the node objects of a file: one object, or an array of them.
 *
 * @param path a JSON file, or `-` for stdin
 * @throws AssayError naming the file, the place in it and the reason
 */
export async function readNodeConfig(path: string): Promise<NodeObject[]> {
  const value = await readConfigJson(path);
  return ([value].flat() as NodeObject[]).map(withoutSchema);
}

/** Reads a file that must contain exactly one node object. */
export async function readOneNode(path: string): Promise<NodeObject> {
  const value = await readConfigJson(path);
  if (!Array.isArray(value)) return withoutSchema(value as NodeObject);
  throw new AssayError(`${nameOf(path)}: an array, but one node object is needed`, {
    advice: 'put only the one object into the file',
  });
}

/** `$schema` is for editors: it is not a field of a node. */
function withoutSchema(node: NodeObject): NodeObject {
  const { $schema: _, ...fields } = node as NodeObject & { $schema?: string };
  return fields;
}

/** Reads a config that came from the network node, with the rules of `requireSendable`. */
export async function readKeptNode(path: string): Promise<NodeObject> {
  const config = (await readJson(path)) as NodeObject;
  requireSendable(config, nameOf(path));
  return config;
}

/**
 * A config that the network node has accepted once can be sent again, even with a host that a new config must
 * not have. Otherwise there would be no way back to it.
 *
 * @throws AssayError when another field is wrong
 */
export function requireSendable(config: NodeObject, subject: string): void {
  const host = readHostName(String(config.host)).name;
  acceptAsIs<NodeObject>(validateNodeConfig, { ...config, host }, subject);
}

async function readConfigJson(path: string): Promise<unknown> {
  const value = await readJson(path);
  requireHosts(value, nameOf(path));
  return acceptAsIs<unknown>(validateNodeConfig, value, nameOf(path));
}

async function readJson(path: string): Promise<unknown> {
  const text = await (path === '-' ? readAll(process.stdin) : readWhole(path).then(String)).catch(
    (error: unknown) => {
      throw new AssayError(`${nameOf(path)}: ${messageOf(error)}`);
    },
  );
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AssayError(`${nameOf(path)}: not JSON (${messageOf(error)})`, {
      advice: '`assay node config --help` shows how to make one',
    });
  }
}

/** Checked before the schema, which can refuse a host but cannot name its right form. */
function requireHosts(value: unknown, subject: string): void {
  for (const node of [value].flat()) {
    const { id, host } = (node ?? {}) as { id?: unknown; host?: unknown };
    requireHost(typeof id === 'string' ? `${subject}, node ${id}` : subject, host);
  }
}

function nameOf(path: string): string {
  return path === '-' ? 'node config on stdin' : `node config ${path}`;
}
