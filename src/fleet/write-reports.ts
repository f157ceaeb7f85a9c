import { join } from 'node:path';
import { createColors } from 'picocolors';
import { writeWhole } from '../files/write-whole.js';
import { accept } from '../schemas/accept.js';
import validateReport from '../schemas/generated/fleet-report.js';
import { renderFleetPage } from './html/fleet-page.js';
import { renderFleetJunit } from './junit.js';
import type { FleetReport } from './model.js';
import { renderFleetText } from './text.js';

export const REPORT_FILE = 'fleet_report.json';

/**
 * Writes the fleet's report into its folder: JSON, text, a page and JUnit.
 *
 * @throws AssayError when it cannot be written, or could not be read back
 */
export async function writeFleetReports(folder: string, report: FleetReport): Promise<void> {
  accept(validateReport, JSON.parse(JSON.stringify(report)), `the report of ${folder} (a bug in assay)`);
  const files: Record<string, string> = {
    [REPORT_FILE]: `${JSON.stringify(report, null, 2)}\n`,
    'fleet_report.txt': `${renderFleetText(report, folder, createColors(false))}\n`,
    'fleet_report.html': renderFleetPage(report),
    'fleet_report.junit.xml': renderFleetJunit(report),
  };
  for (const [name, text] of Object.entries(files)) await writeWhole(join(folder, name), text);
}
