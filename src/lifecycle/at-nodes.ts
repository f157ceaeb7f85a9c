import type { SharedReads } from '../chain/shared-reads.js';
import { AssayError } from '../errors.js';
import { AdminClient, parseAdminUrl } from '../network/admin-client.js';
import { findNode } from '../network/apply.js';
import { type ChangeCheckResult, runChecks } from '../network/checks/index.js';
import { gatherChangeFacts } from '../network/gather.js';
import type { NodeObject } from '../network/node-object.js';
import { requireReference } from '../validate/validate-served.js';
import { type DownloadForecast, forecastDownloads } from './forecast-downloads.js';
import { type HostFile, pocBatchOf, reachOf, validationOf, wantedConfigs } from './host-file.js';
import type { MeasuredSpeeds } from './measured.js';

/**
 * Checks whose result may change before the nodes are switched, and what a run does about each until then.
 */
const LATER: Record<string, string> = {
  phase: 'checked again before the switch',
  'confirmation-poc': 'checked again before the switch',
  'poc-window': 'checked again before the switch',
  weights: 'the run downloads them first',
};

/** The nodes to switch, according to the network node and to themselves. */
export interface AtNodes {
  ids: string[];
  checks: ChangeCheckResult[];
  unregistered: string[];
  warnings: string[];
  downloads: DownloadForecast[];
  /** The source of each node's config, in words. */
  origins: string[];
  /** Why a node could not be validated. */
  unverifiable: string[];
}

/** Asks the network node and the ML nodes; asks nothing where no node will be switched. */
export async function lookAtNodes(
  host: HostFile,
  {
    measured,
    forced,
    ...gathering
  }: {
    nodeUrl: string;
    loadTimeS: number;
    signal: AbortSignal;
    shared: SharedReads;
    measured: MeasuredSpeeds;
    forced: readonly string[];
  },
): Promise<AtNodes> {
  if (host.choice !== 'deploy') return NO_NODES;
  const admin = new AdminClient(parseAdminUrl(host.admin_url), gathering.signal);
  const listed = await admin.list();
  const wanted = await wantedConfigs(host, listed);
  const nodes = wanted.map(({ node }) => node);
  const asking = gatherChangeFacts({
    change: 'switch',
    admin,
    listed,
    nodes,
    reach: reachOf(host),
    reachIn: 'file',
    pocBatchOf: (id) => pocBatchOf(host, id),
    ...gathering,
  });
  const [facts, unverifiable] = await Promise.all([asking, withoutReference(host, nodes)]);
  return {
    ids: nodes.map(({ id }) => id),
    checks: runChecks(facts, forced).map(later),
    unregistered: nodes
      .filter(({ id }) => findNode(listed, id) === undefined)
      .map(({ id }) => `the network node lists no ${id}: register it with \`assay deploy\` first`),
    warnings: host.ml_nodes.flatMap(({ id, present_model: present }) => {
      const served = Object.keys(findNode(listed, id)?.node.models ?? {});
      if (present === undefined || served.length === 0 || served.includes(present)) return [];
      return [`${id} is configured for ${served.join(', ')}, not for ${present} (present_model)`];
    }),
    downloads: await forecastDownloads(host, facts.nodes, measured, gathering.signal),
    origins: wanted.map(({ node, origin }) => `${node.id}: config: ${origin}`),
    unverifiable,
  };
}

const NO_NODES: AtNodes = {
  ...{ ids: [], checks: [], unregistered: [], warnings: [], downloads: [], origins: [], unverifiable: [] },
};

/** A missing reference is reported before the first step, and not only at the validation of a node. */
async function withoutReference(host: HostFile, nodes: NodeObject[]): Promise<string[]> {
  const reasons = nodes.map(async (node) => {
    try {
      await requireReference(node, validationOf(host, node.id).reference);
      return [];
    } catch (error) {
      if (error instanceof AssayError) return [`${error.message}; name one with \`reference:\` in the file`];
      throw error;
    }
  });
  return [...new Set((await Promise.all(reasons)).flat())];
}

/** A check that is repeated later does not stop the run now. */
function later(result: ChangeCheckResult): ChangeCheckResult {
  const advice = LATER[result.check];
  return result.state === 'fail' && advice !== undefined ? { ...result, state: 'warn', advice } : result;
}
