import { cleanText } from './clean.js';

/**
 * A failure that the user can act on. It is printed as one line, `message; advice`, without a stack trace;
 * anything else that is thrown is a bug in assay and is printed as one.
 */
export class AssayError extends Error {
  override name = 'AssayError';
  /** What to do about it, in the imperative. */
  readonly advice: string | undefined;
  readonly exitCode: number;

  /**
   * @param message what happened, and where
   * @param options.advice what to do about it
   * @param options.exitCode 1 unless the command gives another number a meaning
   */
  constructor(message: string, options: { advice?: string; exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.advice = options.advice;
    this.exitCode = options.exitCode ?? 1;
  }

  /** The one line that the user reads. */
  get line(): string {
    return this.lineWith(this.advice);
  }

  /** The same line with other advice, or none. */
  lineWith(advice: string | undefined): string {
    const text = advice === undefined ? this.message : `${this.message}; ${advice}`;
    return cleanText(text.replaceAll(/[\r\n]\s*/g, ' '));
  }
}

/** The command line itself is wrong: nothing was started. */
export class UsageError extends AssayError {
  override name = 'UsageError';
}

/**
 * A failure that says nothing about the node: a fault on this side (a disk, a folder), or a time in which no
 * act is allowed. No node goes back to an old model because of it.
 */
export class NotOfNode extends AssayError {
  override name = 'NotOfNode';
}

/** The user or the system asked the process to stop. */
export class Interrupted extends AssayError {
  override name = 'Interrupted';

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`interrupted by ${signal}`, { exitCode: { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal] });
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
