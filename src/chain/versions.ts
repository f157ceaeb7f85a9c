import validateVersions from '../schemas/generated/network-versions.js';
import type { ReadOptions } from './read.js';
import { isAbsent, readNode } from './read.js';

/** Versions that a network node reports for itself and its ML nodes; null: not reported. */
export interface Versions {
  api: string | null;
  node: string | null;
  mlNodes: { id: string; version: string | null }[];
}

interface WireVersions {
  api_version?: { version?: string | null } | null;
  node_version?: unknown;
  mlnodes?: { node_id?: string | null; version?: string | null }[] | null;
}

/** Reads `/v1/versions` of a network node; null where it does not have the call. */
export async function readVersions(nodeUrl: string, options?: ReadOptions): Promise<Versions | null> {
  try {
    const wire = await readNode<WireVersions>(nodeUrl, '/v1/versions', validateVersions, options);
    const node = wire.node_version;
    return {
      api: wire.api_version?.version ?? null,
      node: typeof node === 'string' ? node : ((node as { version?: string } | null)?.version ?? null),
      mlNodes: (wire.mlnodes ?? []).map(({ node_id, version }) => ({
        id: node_id ?? '?',
        version: version ?? null,
      })),
    };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
