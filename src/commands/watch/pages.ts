import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AssayError } from '../../errors.js';
import type { FleetNode } from '../../fleet/fleet-file.js';
import { findRuns } from '../../report/history/find-runs.js';
import { historiesOf } from '../../report/history/history.js';
import { readReportOf, readRun } from '../../run/read.js';
import { serveLive } from '../../watch/live/serve.js';
import type { LiveState } from '../../watch/live/state.js';
import type { Pages } from '../../watch/metrics-server.js';

/** How long a history page is good for: reading all runs of a fleet takes a while. */
const HISTORY_MS = 60_000;

/** The live page, and what it leads to: each node's last run, and the history of all. */
export function livePages(state: LiveState, root: string, nodes: FleetNode[]): (host: string) => Pages {
  let history: { at: number; page: Promise<string> } | undefined;
  return (host) =>
    serveLive({
      host,
      state,
      async nodePage(at) {
        const id = nodes[at]?.id;
        const folder = state.fleet.nodes.find((node) => node.id === id)?.last?.folder;
        if (folder == null || !existsSync(join(folder, 'validate_report.json'))) return null;
        const { renderPage } = await import('../../report/html/page.js');
        return renderPage(await readRun(folder));
      },
      historyPage() {
        if (history === undefined || Date.now() - history.at > HISTORY_MS) {
          history = { at: Date.now(), page: historyOf(root) };
        }
        return history.page;
      },
    });
}

async function historyOf(root: string): Promise<string> {
  const { renderHistoryPage } = await import('../../report/html/history-page.js');
  const runs = [];
  for (const folder of await runsBelow(root)) {
    try {
      runs.push({ folder, report: await readReportOf(folder) });
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
    }
  }
  return renderHistoryPage(historiesOf(runs));
}

/** No run yet is no error here. */
async function runsBelow(root: string): Promise<string[]> {
  try {
    return await findRuns([root]);
  } catch (error) {
    if (error instanceof AssayError) return [];
    throw error;
  }
}
