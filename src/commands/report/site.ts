import { join } from 'node:path';
import { AssayError } from '../../errors.js';
import { readFleetReport } from '../../fleet/merge.js';
import { type History, historiesOf, historyRun } from '../../report/history/history.js';
import { readReportOf, readRun } from '../../run/read.js';
import { secondText } from '../../text/figures.js';
import { inLanguage } from '../../text/language.js';
import { requireInside, treeOf } from './tree.js';

/** How long the list of runs is cached: reading many runs takes a while. */
const LIST_MS = 5_000;

/**
 * The pages of a folder of runs: `/` is the history of all runs and the fleets, `/run/PATH` a run,
 * `/fleet/PATH` a fleet. The pages link to each other.
 *
 * @param root without links in its path
 * @returns the page of a decoded path; null where there is none
 */
export function siteOf(root: string): (path: string) => Promise<string | null> {
  let list: { at: number; page: Promise<string> } | undefined;
  return async (path) => {
    if (path === '/') {
      if (list === undefined || performance.now() - list.at > LIST_MS)
        list = { at: performance.now(), page: indexPage(root) };
      return list.page;
    }
    const [, kind, name = ''] = /^\/(run|fleet)\/(.*)$/.exec(path) ?? [];
    if (kind === undefined) return null;
    // Only runs and fleets found below the root have a page, so a path cannot lead outside.
    const { runs, fleets } = await treeOf(root);
    const below = name.replace(/\/$/, '');
    if (kind === 'run') return runs.includes(below) ? runPage(root, below) : null;
    return fleets.includes(below) ? fleetPage(root, below, runs) : null;
  };
}

async function runPage(root: string, path: string): Promise<string> {
  await requireInside(root, path);
  const { renderPage } = await import('../../report/html/page.js');
  return withWayBack(renderPage(await readRun(join(root, path))));
}

async function fleetPage(root: string, path: string, runs: string[]): Promise<string> {
  await requireInside(root, path);
  const { renderFleetPage } = await import('../../fleet/html/fleet-page.js');
  const { report } = await readFleetReport(join(root, path));
  const pages = report.nodes.flatMap(({ id, folder }): [string, string][] => {
    const run = folder === null ? undefined : join(path, folder);
    return run !== undefined && runs.includes(run) ? [[id, linkTo('run', run)]] : [];
  });
  return withWayBack(renderFleetPage(report, new Map(pages)));
}

async function indexPage(root: string): Promise<string> {
  const { renderHistoryPage } = await import('../../report/html/history-page.js');
  const { runs, fleets } = await treeOf(root);
  const read = await Promise.all(
    runs.map(async (path) => {
      const report = await unlessBroken(async () => {
        await requireInside(root, path);
        return readReportOf(join(root, path));
      });
      return report === null ? [] : [historyRun(path, report)];
    }),
  );
  const links = await Promise.all(
    fleets.map(async (path) => {
      const found = await unlessBroken(async () => {
        await requireInside(root, path);
        return readFleetReport(join(root, path));
      });
      if (found === null) return [];
      const { name, verdict, timestamp } = found.report;
      return [
        { href: linkTo('fleet', path), text: `${name}: ${verdict}, ${secondText(timestamp)} (${path})` },
      ];
    }),
  );
  const histories: History[] = historiesOf(read.flat());
  return renderHistoryPage(histories, { pageOf: (path) => linkTo('run', path), fleets: links.flat() });
}

/** A page that is complete by itself elsewhere links to the others here. */
function withWayBack(page: string): string {
  const back = `<nav><p class="meta"><a href="/">${inLanguage('All runs')}</a></p></nav>`;
  return page.replace('<body>', `<body>${back}`);
}

/** A run that cannot be read must not hide the others; its own page shows the error. */
async function unlessBroken<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AssayError) return null;
    throw error;
  }
}

function linkTo(kind: 'run' | 'fleet', path: string): string {
  return `/${kind}/${path.split('/').map(encodeURIComponent).join('/')}`;
}
