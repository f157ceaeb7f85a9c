import { join } from 'node:path';
import { createColors } from 'picocolors';
import { AssayError } from '../errors.js';
import { writeWhole } from '../files/write-whole.js';
import { writeReports } from '../report/write-reports.js';
import { hasReport } from '../run/files.js';
import { accept } from '../schemas/accept.js';
import validateReport from '../schemas/generated/fleet-report.js';
import { jsonText } from '../text/json.js';
import { linesInLanguage } from '../text/language.js';
import { renderFleetPage } from './html/fleet-page.js';
import { renderFleetJunit } from './junit.js';
import type { FleetReport, NodeResult } from './model.js';
import { renderFleetText } from './text.js';

export const REPORT_FILE = 'fleet_report.json';

/**
 * Writes the fleet's report into its folder: JSON, text, HTML page and JUnit.
 *
 * @throws AssayError when it cannot be written, or does not fit its schema
 */
export async function writeFleetReports(folder: string, report: FleetReport): Promise<void> {
  accept(validateReport, JSON.parse(JSON.stringify(report)), `the report of ${folder} (a bug in assay)`);
  const pages = await writeNodePages(folder, report.nodes);
  const files: Record<string, string> = {
    [REPORT_FILE]: `${jsonText(report)}\n`,
    'fleet_report.txt': `${linesInLanguage(renderFleetText(report, folder, { colors: createColors(false) }))}\n`,
    'fleet_report.html': renderFleetPage(report, pages),
    'fleet_report.junit.xml': renderFleetJunit(report),
  };
  for (const [name, text] of Object.entries(files)) await writeWhole(join(folder, name), text);
}

/**
 * Writes a page for each node that has a run, into the run's folder.
 *
 * @returns paths of the pages below the fleet's folder, by node; a page that cannot be written has none
 */
async function writeNodePages(folder: string, nodes: NodeResult[]): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  for (const { id, folder: run } of nodes) {
    if (run === null || !hasReport(join(folder, run))) continue;
    try {
      await writeReports(join(folder, run), ['html']);
      pages.set(id, `${run}/validate_report.html`);
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
    }
  }
  return pages;
}
