import type { FleetNode } from '../../fleet/fleet-file.js';
import { type LivePaths, livePages } from '../../live/links.js';
import { createMetrics, type WatchMetrics } from '../../live/metrics.js';
import { showTable } from '../../live/on-terminal.js';
import { type MetricsServer, serveMetrics } from '../../live/server.js';
import { type Lanes, LiveState } from '../../live/state.js';
import type { Context } from '../command.js';

/** The display of a fleet while a command works on it. */
export interface FleetView {
  state: LiveState;
  metrics: WatchMetrics;
  /** Removes the display, and stops the server. */
  close(): Promise<void>;
}

interface ViewOptions {
  name: string;
  nodes: FleetNode[];
  lanes: Lanes | null;
  /** Address for metrics and the live page; undefined: they are not served. */
  address: string | undefined;
  quiet: boolean;
  paths: LivePaths;
}

/**
 * Shows a fleet: metrics and the live page if an address is given, and a table on a terminal.
 *
 * @throws AssayError when the server cannot listen on the address
 */
export async function viewFleet(options: ViewOptions, { terminal }: Context): Promise<FleetView> {
  const { name, nodes, lanes, address, quiet, paths } = options;
  const state = new LiveState(name, nodes, lanes);
  const metrics = createMetrics(nodes);
  let server: MetricsServer | undefined;
  if (address !== undefined) {
    server = await serveMetrics(metrics.registry, address, livePages(state, paths));
    terminal.say(`metrics at ${server.url}`);
    terminal.say(`live page at ${server.url.replace(/metrics$/, '')}`);
  }
  const isTable = terminal.interactive && terminal.event === undefined && !quiet;
  const hide = isTable ? showTable(terminal, state) : () => {};
  return {
    state,
    metrics,
    async close() {
      hide();
      await server?.close();
    },
  };
}
