import type { ValidateResult } from '../../validate/validate-node.js';
import { assertionWord } from '../../verdict/assertions.js';
import { tellOrSay } from '../tell-or-say.js';

/** Runs the steps that the flags ask for after a finished run. */
export type AfterRun = (result: ValidateResult, say: (text: string) => void) => Promise<void>;

/** Checks these flags first, so that a wrong flag is reported before a node is touched. */
export async function afterRunOf(args: { report?: string | undefined }): Promise<AfterRun> {
  const { parseFileFormats, writeReports } = await import('../../report/write-reports.js');
  const formats = args.report === undefined ? [] : parseFileFormats(args.report);
  return async ({ report, folder }, say) => {
    await tellOrSay('the reports were not written', say, async () => {
      for (const path of await writeReports(folder, formats)) say(`written: ${path}`);
    });
    for (const assertion of report.assertions ?? []) {
      say(`${assertionWord(assertion)}: ${assertion.text}`);
    }
  };
}
