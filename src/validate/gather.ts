import { AssayError } from '../errors.js';
import { maskSecrets } from '../http/mask.js';
import { aboutRun } from '../run/warnings.js';
import { writeReportJson } from '../run/write.js';
import { counted } from '../text/figures.js';
import { type RunContext, secondsSince } from './context.js';
import type { RunInputs } from './inputs.js';
import { endingOf, type Observed } from './observed.js';
import { phases } from './phases/index.js';
import type { Found, Phase } from './phases/phase.js';
import { GenerationLeft, GenerationReplaced } from './phases/stop-generation.js';
import { reportOf } from './report-of.js';

/**
 * Runs the phases in order. The return value says what ended a phase early. The report is written after each
 * phase, so that a kill loses nothing that earlier phases saw.
 *
 * @param before the results of an earlier part of the run
 */
export async function gather(run: Omit<RunContext, 'warn'>, before: Observed): Promise<Observed> {
  const warnings = [...before.warnings];
  const context: RunContext = {
    ...run,
    warn(warning) {
      const given = typeof warning === 'string' ? aboutRun(warning) : warning;
      const masked = { ...given, text: maskSecrets(given.text) };
      if (warnings.some(({ text }) => text === masked.text)) return;
      warnings.push(masked);
      run.events.warning?.(masked.text);
    },
  };
  for (const warning of warningsOf(run.inputs, before)) context.warn(warning);
  let observed = before;
  for (const phase of phases) {
    if (!phase.isWanted(context.inputs, observed)) continue;
    context.events.phase?.(phase.name);
    const start = performance.now();
    const found = await runPhase(phase, context, observed);
    observed = {
      ...observed,
      ...found.observed,
      phases: { ...observed.phases, ...found.phases },
      seconds: { ...observed.seconds, [phase.name]: secondsSince(start) },
      warnings: [...warnings],
    };
    const failure = found.failure ?? leave(context, observed);
    if (failure !== undefined) return { ...observed, ending: endingOf(failure, context.signal.aborted) };
  }
  return { ...observed, warnings: [...warnings] };
}

/** Warnings that are known before the node is asked anything. */
function warningsOf({ config, unfinished, lostBaseline }: RunInputs, { observations }: Observed): string[] {
  return [
    ...config.reference.warnings.map((warning) => `reference: ${warning}`),
    ...(lostBaseline === null ? [] : [lostBaseline]),
    ...(unfinished === null
      ? []
      : [
          `resumed after an interruption, with ${counted(observations.length, 'measurement')} from before it`,
        ]),
  ];
}

/** The findings of a phase; its failure is included only where it ends the run. */
async function runPhase(phase: Phase, context: RunContext, observed: Observed): Promise<Found> {
  const found = await phase.run(context, observed).catch((failure: unknown): Found => ({ failure }));
  const { failure, ...rest } = found;
  if (!(failure instanceof AssayError)) return found;
  if (context.signal.aborted) {
    // The interruption is what ends the run. What it could not clean up is reported as well.
    if (failure instanceof GenerationLeft || failure instanceof GenerationReplaced)
      context.warn(failure.line);
    return { ...rest, failure: context.signal.reason };
  }
  const cost = phase.consequence(failure);
  if (cost === 'run') return found;
  context.warn(cost.warning);
  return { ...rest, observed: { ...rest.observed, ...cost.observed } };
}

/** @returns why the findings cannot be kept; undefined where they were kept */
function leave({ folder, inputs }: RunContext, observed: Observed): unknown {
  try {
    writeReportJson(folder, reportOf(inputs, observed, null));
    return undefined;
  } catch (error) {
    return error;
  }
}
