import { AssayError } from '../errors.js';
import { findRuns } from '../report/history/find-runs.js';
import { historiesOf } from '../report/history/history.js';
import { readHistory } from '../report/history/read.js';
import { hasReport } from '../run/files.js';
import { readRun } from '../run/read.js';
import { serveLive } from './serve.js';
import type { Pages } from './server.js';
import type { LiveState } from './state.js';

/** How long a history page is cached: reading all runs of a fleet takes a while. */
const HISTORY_MS = 60_000;

/** Where the runs are to which the live page links. */
export interface LivePaths {
  /** The folder of a run, by the `folder` of its result. */
  runFolder(folder: string): string;
  /** All runs so far for the history; there may be none. */
  allRuns(): Promise<string[]>;
}

/** The live page, and the pages to which it links: each node's last run, and the history of all. */
export function livePages(state: LiveState, paths: LivePaths): (host: string) => Pages {
  let history: { at: number; page: Promise<string> } | undefined;
  return (host) =>
    serveLive({
      host,
      state,
      async nodePage(at) {
        const last = state.fleet.nodes[at]?.last?.folder;
        const folder = last == null ? null : paths.runFolder(last);
        if (folder === null || !hasReport(folder)) return null;
        const { renderPage } = await import('../report/html/page.js');
        return renderPage(await readRun(folder));
      },
      historyPage() {
        if (history === undefined || Date.now() - history.at > HISTORY_MS) {
          history = { at: Date.now(), page: historyOf(paths) };
        }
        return history.page;
      },
    });
}

async function historyOf({ allRuns }: LivePaths): Promise<string> {
  const { renderHistoryPage } = await import('../report/html/history-page.js');
  const runs = await readHistory(await allRuns(), () => {});
  return renderHistoryPage(historiesOf(runs));
}

/** The runs below a folder; a folder without runs is no error here. */
export async function runsBelow(root: string): Promise<string[]> {
  try {
    return await findRuns([root]);
  } catch (error) {
    if (error instanceof AssayError) return [];
    throw error;
  }
}
