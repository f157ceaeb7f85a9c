import { acceptNode } from '../../accept/accept-node.js';
import { CHECK_NAMES, type CheckName, type ImageCheckResult } from '../../accept/model.js';
import type { AcceptEvents, AcceptOptions, ResumeOptions } from '../../accept/options.js';
import { OUTCOME_WORDS } from '../../accept/tell/matrix.js';
import { resumeAcceptCommand } from '../../accept/tell/resume-command.js';
import { parseAcceptFormats, writeAcceptReport } from '../../accept/write-report.js';
import { AssayError, UsageError } from '../../errors.js';
import { readNodeConfig } from '../../network/node-config.js';
import type { ProgressEvent } from '../../terminal/progress-event.js';
import type { Terminal } from '../../terminal/terminal.js';
import { durationText } from '../../text/figures.js';
import { didYouMean } from '../../text/nearest.js';
import type { Context } from '../command.js';

/** The flags as the parser returns them. */
export interface AcceptFlags {
  mlnodeUrl?: string | undefined;
  model?: string | undefined;
  nodeConfig?: string | undefined;
  nodeId?: string | undefined;
  deployArgsFromReference?: boolean | undefined;
  waitReady?: number | undefined;
  reference?: string | undefined;
  peer?: string[] | undefined;
  inferenceUrl?: string | undefined;
  deployTimeout?: number | undefined;
  expectReplicas?: number | undefined;
  cycles?: number | undefined;
  measureSeconds?: number | undefined;
  warmupSeconds?: number | undefined;
  chatTimeout?: number | undefined;
  only?: string | undefined;
  skip?: string | undefined;
  report?: string | undefined;
  expDir?: string | undefined;
  resume?: string | undefined;
  json?: boolean | undefined;
  quiet?: boolean | undefined;
}

function toldOf({ json, quiet }: AcceptFlags, terminal: Terminal): AcceptEvents {
  if (json) return jsonEvents(terminal);
  if (quiet) return {};
  return terminal.event === undefined ? lineEvents(terminal) : progressEvents(terminal.event);
}

/** Tests the node, prints the result, and returns the exit code. */
export async function runAccept(flags: AcceptFlags, { terminal, signal }: Context): Promise<number> {
  const formats = flags.report === undefined ? [] : parseAcceptFormats(flags.report);
  const options = await optionsOf(flags);
  let folder: string | undefined;
  const told = toldOf(flags, terminal);
  const events: AcceptEvents = {
    ...told,
    begun(path) {
      folder = path;
      told.begun?.(path);
    },
  };
  try {
    const result = await acceptNode(options, { events, signal });
    const paths = await writeAcceptReport(result.folder, result.report, formats);
    if (flags.json)
      terminal.out(JSON.stringify({ event: 'report', folder: result.folder, report: result.report }));
    else {
      const { renderAcceptText } = await import('../../accept/tell/text.js');
      for (const path of paths.slice(1)) terminal.say(`written: ${path}`);
      terminal.out(renderAcceptText(result.report, result.folder, terminal));
    }
    return result.report.exit_code;
  } catch (error) {
    if (signal.aborted && folder !== undefined) {
      terminal.say('INCOMPLETE: the results so far are kept');
      terminal.say(`go on with: ${resumeAcceptCommand(folder)}`);
    }
    throw error;
  }
}

async function optionsOf(flags: AcceptFlags): Promise<AcceptOptions | ResumeOptions> {
  const { mlnodeUrl, model, nodeConfig, nodeId, only, skip, expDir, resume } = flags;
  if (resume !== undefined && expDir !== undefined)
    throw new UsageError('--resume and --exp-dir both give the folder', { advice: 'give one of them' });
  if (nodeId !== undefined && nodeConfig === undefined) throw new UsageError('--node-id needs --node-config');
  if (nodeConfig !== undefined && model === undefined)
    throw new UsageError('--node-config needs --model, to find the arguments', { advice: 'add --model' });
  if (nodeConfig !== undefined && flags.deployArgsFromReference === true)
    throw new UsageError('--node-config and --deploy-args-from-reference both name the arguments', {
      advice: 'give one of them',
    });
  const named = only === undefined ? undefined : checkNames('--only', only);
  if (named?.includes('cross-device') && flags.peer === undefined)
    throw new UsageError('--only cross-device needs a node to compare with', { advice: 'add --peer URL' });
  const skipped = skip === undefined ? undefined : checkNames('--skip', skip);
  if ((named ?? CHECK_NAMES).every((name) => skipped?.includes(name)))
    throw new UsageError('--skip leaves out every check', { advice: 'leave one of them to run' });
  const options = {
    ...given('cycles', flags.cycles),
    ...given('measureSeconds', flags.measureSeconds),
    ...given('warmupSeconds', flags.warmupSeconds),
    ...given('chatSeconds', flags.chatTimeout),
    ...given('reference', flags.reference),
    ...given('peers', flags.peer),
    ...given('inferenceUrl', flags.inferenceUrl),
    ...given('waitReadySeconds', flags.waitReady),
    ...given('startArgsFromReference', flags.deployArgsFromReference),
    ...given('startSeconds', flags.deployTimeout),
    ...given('expectReplicas', flags.expectReplicas),
    ...given(
      'startArgs',
      nodeConfig === undefined || model === undefined ? undefined : await argsOf(nodeConfig, nodeId, model),
    ),
    ...given('only', named),
    ...given('skip', skipped),
    ...given('expDir', expDir),
  };
  if (resume !== undefined)
    return { ...options, resume, ...given('mlnodeUrl', mlnodeUrl), ...given('model', model) };
  if (mlnodeUrl === undefined || model === undefined)
    throw new UsageError('a new run needs --mlnode-url and --model', {
      advice: 'give both, or --resume FOLDER',
    });
  return { ...options, mlnodeUrl, model };
}

function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}

function checkNames(flag: string, list: string): CheckName[] {
  return list.split(',').map((part) => {
    const name = part.trim();
    if ((CHECK_NAMES as readonly string[]).includes(name)) return name as CheckName;
    throw new UsageError(`${flag}: "${name}" is no check`, {
      advice: didYouMean(name, CHECK_NAMES) ?? `the checks are ${CHECK_NAMES.join(', ')}`,
    });
  });
}

async function argsOf(file: string, id: string | undefined, model: string): Promise<string[]> {
  const nodes = (await readNodeConfig(file)).filter((node) => id === undefined || node.id === id);
  const found = nodes.flatMap((node) => {
    const own = node.models[model];
    return own === undefined ? [] : [{ id: node.id, args: own.args }];
  });
  const [first] = found;
  if (first === undefined) {
    throw new AssayError(
      `node config ${file} has no ${id === undefined ? 'node' : `node "${id}"`} with ${model}`,
      {
        advice: 'correct --model, or the file',
      },
    );
  }
  if (found.some(({ args }) => args.join('\n') !== first.args.join('\n'))) {
    throw new UsageError(`node config ${file} has several nodes with different arguments`, {
      advice: `choose one with --node-id: ${found.map((node) => node.id).join(', ')}`,
    });
  }
  return first.args;
}

function lineEvents(terminal: Terminal): AcceptEvents {
  return {
    begun: (folder) => terminal.say(`run folder: ${folder}`),
    checkStarted: ({ check, index, of }) => terminal.say(`[${index}/${of}] ${check} …`),
    checkEnded(result, isKept) {
      if (result.outcome === 'skipped') return;
      const from = isKept ? ', from before' : `, ${durationText(result.elapsed_s)}`;
      terminal.say(`        ${OUTCOME_WORDS[result.outcome]}${from}${firstTrouble(result)}`);
    },
    note: (text) => terminal.say(text),
    warning: (text) => terminal.say(`warning: ${text}`),
  };
}

function firstTrouble({ outcome, reason, findings }: ImageCheckResult): string {
  const found = findings.find((finding) => finding.outcome === outcome && outcome !== 'pass');
  const text = reason ?? found?.evidence;
  return text === undefined ? '' : `: ${text}`;
}

function jsonEvents(terminal: Terminal): AcceptEvents {
  const tell = (event: string, more: object) => terminal.out(JSON.stringify({ event, ...more }));
  return {
    begun: (folder) => tell('begun', { folder }),
    checkStarted: (check) => tell('check_started', check),
    checkEnded: (result, isKept) => tell('check_ended', { ...result, from_before: isKept }),
    note: (text) => tell('note', { text }),
    warning: (text) => tell('warning', { text }),
  };
}

/** The same on stderr; the report has the findings. */
function progressEvents(event: (event: ProgressEvent) => void): AcceptEvents {
  return {
    begun: (folder) => event({ event: 'begun', folder }),
    checkStarted: (check) => event({ event: 'check_started', ...check }),
    checkEnded: ({ check, outcome }, isKept) =>
      event({ event: 'check_ended', check, outcome, from_before: isKept }),
    warning: (text) => event({ event: 'warning', text }),
  };
}
