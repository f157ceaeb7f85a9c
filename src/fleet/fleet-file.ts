import { dirname, resolve } from 'node:path';
import { AssayError } from '../errors.js';
import { shownUrl } from '../http/credentials.js';
import { parseBaseUrl } from '../http/url.js';
import { readNodeConfig } from '../network/node-config.js';
import { addressOf } from '../network/reach.js';
import { accept } from '../schemas/accept.js';
import validateFleet from '../schemas/generated/fleet.js';
import { readYaml } from '../schemas/read-yaml.js';
import { filesOf } from './node-config-files.js';

/** A node of a fleet, before its options are resolved. */
export interface FleetNode {
  /** Unique in the fleet. */
  id: string;
  site: string;
  model: string;
  /** A reference file; absent: the reference of the package. */
  reference?: string;
  /** Base URL, with credentials if the file has some. */
  url: string;
  /** The node config file that lists it. */
  nodeConfig?: string;
  /** Number of replicas that it should have. */
  replicas?: number;
}

export interface Fleet {
  name: string;
  /** Largest number of nodes validated at a time, over all sites. */
  concurrency: number;
  /** The same for each site. */
  sites: Map<string, number>;
  /** In the order of the file. */
  nodes: FleetNode[];
}

interface FleetFile {
  name?: string;
  model?: string;
  reference?: string;
  concurrency?: number;
  sites?: Record<string, { concurrency?: number } | null>;
  nodes: FleetEntry[];
}

interface FleetEntry {
  id?: string;
  url?: string;
  node_config?: string;
  site?: string;
  model?: string;
  reference?: string;
  replicas?: number;
}

/** Name of the site in a file without sites. */
const ONLY_SITE = 'default';
const CONCURRENCY = 64;
const ADVICE = 'it lists nodes by id and url, or node config files; docs/fleet.md shows one';

/**
 * Reads a fleet file and the node configs that it names.
 *
 * @throws AssayError naming the file, the place in it and the reason
 */
export async function readFleet(path: string): Promise<Fleet> {
  const subject = `fleet ${path}`;
  const file = accept<FleetFile>(validateFleet, await readYaml(path, subject, ADVICE), subject);
  const concurrency = file.concurrency ?? CONCURRENCY;
  const sites = new Map(
    Object.entries(file.sites ?? { [ONLY_SITE]: null }).map(([site, own]) => [
      site,
      own?.concurrency ?? concurrency,
    ]),
  );
  const nodes: FleetNode[] = [];
  for (const [index, entry] of file.nodes.entries()) {
    const place = `${subject}: nodes[${index}]`;
    const own = await nodesOf(entry, { file, place, folder: dirname(path), sites: [...sites.keys()] });
    for (const node of own) nodes.push(node);
  }
  requireDistinct(nodes, subject);
  return { name: file.name ?? 'fleet', concurrency, sites, nodes };
}

/** The nodes of one entry. */
async function nodesOf(
  entry: FleetEntry,
  { file, place, folder, sites }: { file: FleetFile; place: string; folder: string; sites: string[] },
): Promise<FleetNode[]> {
  const model = entry.model ?? file.model;
  if (model === undefined) {
    throw new AssayError(`${place} has no model`, {
      advice: 'add it there, or one for all nodes at the top',
    });
  }
  const site = siteOf(entry, sites, place);
  const reference = entry.reference ?? file.reference;
  const shared = {
    site,
    model,
    ...(reference !== undefined && { reference: resolve(folder, reference) }),
    ...(entry.replicas !== undefined && { replicas: entry.replicas }),
  };
  if (entry.node_config === undefined) {
    return [{ id: entry.id as string, url: parseBaseUrl(entry.url as string, `${place}: url`), ...shared }];
  }
  const found: FleetNode[] = [];
  const reach =
    entry.url === undefined ? {} : { [entry.id as string]: parseBaseUrl(entry.url, `${place}: url`) };
  for (const nodeConfig of await filesOf(entry.node_config, folder, place)) {
    for (const node of await readNodeConfig(nodeConfig)) {
      if (entry.id !== undefined && node.id !== entry.id) continue;
      found.push({ id: node.id, url: addressOf(node, reach), nodeConfig, ...shared });
    }
  }
  if (found.length > 0) return found;
  const { id, node_config: path } = entry;
  throw new AssayError(
    id === undefined ? `${place}: no node in ${path}` : `${place}: no node "${id}" in ${path}`,
  );
}

function siteOf({ site }: FleetEntry, sites: string[], place: string): string {
  if (site !== undefined && sites.includes(site)) return site;
  const [first = ONLY_SITE, ...others] = sites;
  if (site === undefined && others.length === 0) return first;
  const what = site === undefined ? `${place} has no site` : `${place} is at an unknown site "${site}"`;
  throw new AssayError(what, {
    advice: `the sites of this file are ${sites.join(', ')}`,
  });
}

/** Two validations of one node at once would slow each other down. */
function requireDistinct(nodes: FleetNode[], subject: string): void {
  const ids = new Set<string>();
  const urls = new Map<string, string>();
  for (const { id, url } of nodes) {
    if (ids.has(id)) throw new AssayError(`${subject}: node "${id}" is there twice`);
    ids.add(id);
    const other = urls.get(url);
    if (other !== undefined) {
      throw new AssayError(`${subject}: nodes "${other}" and "${id}" are both at ${shownUrl(url)}`, {
        advice: 'two validations disturb each other on one node: keep one of them',
      });
    }
    urls.set(url, id);
  }
}
