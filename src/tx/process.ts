import { execa } from 'execa';

/** How a program ended, and what it printed until then. */
export interface Ended {
  stdout: string;
  stderr: string;
  /** null: ended by a signal, or by our time limit. */
  exitCode: number | null;
  timedOut: boolean;
  /** Why it was never started, as the system names it (ENOENT, EACCES, …). */
  notStarted: string | undefined;
}

export interface ProcessOptions {
  /** Its stdin; undefined: it has the terminal itself. */
  input: string | undefined;
  timeoutMs: number;
  signal: AbortSignal;
}

/** How long a child of an ended program may still hold its pipes open, before they are closed on our side. */
const PIPES_MS = 1_000;
/** How long a program may take to end when it is told to. */
const END_MS = 2_000;

/**
 * Runs a program without a shell: nothing in its arguments can be taken for a command. It ends with the program, and
 * does not wait for what the program has left behind.
 *
 * @throws the signal's reason, at most some seconds after it was given
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

/** More than a transaction and its log need; a program that prints without end fills no memory. */
const MAX_PRINTED = 1024 * 1024;
