import { AssayError } from '../../errors.js';
import { shownUrl } from '../../http/credentials.js';
import { worstExitCode } from '../../run/exit-code.js';
import { jsonText } from '../../text/json.js';
import { watchOnTerminal } from '../../validate/on-terminal.js';
import type { ValidateOptions } from '../../validate/options.js';
import { type ValidateResult, validateNode } from '../../validate/validate-node.js';
import type { Context } from '../command.js';
import type { AfterRun } from './after-run.js';

/**
 * Validates several nodes at the same time and prints each result.
 *
 * @returns the worst exit code, in this order: fraud, no verdict, regression, pass
 */
export async function runValidations(
  validations: ValidateOptions[],
  output: { json: boolean; quiet: boolean; afterRun?: AfterRun },
  { terminal, signal }: Context,
): Promise<number> {
  const settled = await Promise.allSettled(validations.map((options) => runOne(options)));
  const results = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const refused = settled.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );

  // Before the report: its last lines are the verdict and the next step, and they are to stay the last.
  for (const result of results) await output.afterRun?.(result, terminal.say);
  if (output.json) {
    const reports = results.map(({ report }) => report);
    terminal.out(jsonText(validations.length === 1 ? reports[0] : reports));
  } else {
    // Loaded only now: loading the tables would delay the first request.
    const { renderText } = await import('../../report/text.js');
    for (const { report, folder } of results)
      terminal.out(
        renderText(report, { colors: terminal.colors, columns: terminal.columns, runFolder: folder }),
      );
  }
  for (const { report } of results) if (report.error !== null) terminal.say(`assay: ${report.error}`);
  if (refused.length > 0 && (validations.length === 1 || !(refused[0] instanceof AssayError)))
    throw refused[0];
  for (const error of refused) terminal.say(`assay: ${(error as AssayError).line}`);
  return worstExitCode([...results.map(({ report }) => report.exit_code), ...refused.map(() => 1)]);

  async function runOne(options: ValidateOptions): Promise<ValidateResult> {
    const node = validations.length > 1 ? (options.nodeId ?? shownUrl(options.mlnodeUrl)) : undefined;
    const events = output.quiet ? undefined : watchOnTerminal(terminal, node);
    try {
      const result = await validateNode(options, { ...(events && { events }), signal });
      const { verdict, exit_code } = result.report;
      events?.stop();
      terminal.event?.({
        ...{ event: 'run_ended', verdict, folder: result.folder, exit_code },
        ...(node !== undefined && { node }),
      });
      return result;
    } finally {
      events?.stop();
    }
  }
}
