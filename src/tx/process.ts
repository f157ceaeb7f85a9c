import { execa } from 'execa';

/** How a program ended, and its output until then. */
export interface Ended {
  stdout: string;
  stderr: string;
  /** null: ended by a signal, or by this tool's time limit. */
  exitCode: number | null;
  timedOut: boolean;
  /** Why it was not started, with the system's name (ENOENT, EACCES, …). */
  notStarted: string | undefined;
}

export interface ProcessOptions {
  /** Its stdin; undefined: the terminal itself. */
  input: string | undefined;
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * The longest time that a child of an ended program may keep its pipes open, before this side closes them.
 */
const PIPES_MS = 1_000;
/** The longest time that a program may take to end after the request to end. */
const END_MS = 2_000;

/**
 * Runs a program without a shell, so no argument can be read as a command. It returns when the program ends,
 * and does not wait for the program's children.
 *
 * @throws the signal's reason, within seconds of the abort
 */
export async function runProgram(
  path: string,
  args: string[],
  { input, timeoutMs, signal }: ProcessOptions,
): Promise<Ended> {
  signal.throwIfAborted();
  const ownsTerminal = input === undefined;
  const printed = { stdout: '', stderr: '' };
  const child = execa(path, args, {
    shell: false,
    reject: false,
    buffer: false,
    timeout: timeoutMs,
    cancelSignal: signal,
    forceKillAfterDelay: END_MS,
    ...(ownsTerminal ? { stdin: 'inherit' as const } : { input }),
    stderr: ownsTerminal ? (['pipe', 'inherit'] as const) : 'pipe',
  });
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      printed[name] = (printed[name] + text).slice(-MAX_PRINTED);
    });
  }
  const letGo = () => {
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe?.destroy();
  };
  let timer: NodeJS.Timeout | undefined;
  child.once('exit', () => {
    timer = setTimeout(letGo, PIPES_MS);
  });
  const result = await child.finally(() => clearTimeout(timer));
  signal.throwIfAborted();
  return {
    ...printed,
    exitCode: child.exitCode,
    timedOut: result.timedOut,
    notStarted: child.pid === undefined ? (result.code ?? result.shortMessage ?? 'unknown') : undefined,
  };
}

/**
 * More than a transaction and its log need. The limit stops a program that prints without end from filling
 * the memory.
 */
const MAX_PRINTED = 1024 * 1024;
