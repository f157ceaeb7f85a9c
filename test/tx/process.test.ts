import { describe, expect, it } from 'vitest';
import { runProgram } from '../../src/tx/process.js';

const shell = (script: string, signal = new AbortController().signal, timeoutMs = 20_000) =>
  runProgram('sh', ['-c', script], { input: 'a line\n', timeoutMs, signal });

describe('a program that is run', () => {
  it('gives what it printed, and how it ended', async () => {
    const ended = await shell('cat; echo said >&2; exit 3');
    expect(ended).toMatchObject({ stdout: 'a line\n', stderr: 'said\n', exitCode: 3, timedOut: false });
    expect((await shell('kill -9 $$')).exitCode).toBeNull();
  });

  it('is named when it cannot be started', async () => {
    const options = { input: '', timeoutMs: 1000, signal: new AbortController().signal };
    expect((await runProgram('/nowhere/x', [], options)).notStarted).toBe('ENOENT');
    expect((await runProgram('/etc/passwd', [], options)).notStarted).toBe('EACCES');
  });

  it('does not wait for a child that holds its pipes', async () => {
    const ended = await shell('sleep 20 & echo out');
    expect(ended).toMatchObject({ stdout: 'out\n', exitCode: 0 });
  });

  it.each([
    ['that ends by itself', 'sleep 20 & wait'],
    ['that ignores the signal', 'trap "" TERM INT; sleep 20 & wait; sleep 20'],
  ])(
    'ends within seconds of an interruption, whatever a child holds: one %s',
    async (_name, script) => {
      const controller = new AbortController();
      const running = shell(`echo started; ${script}`, controller.signal);
      setTimeout(() => controller.abort(new Error('interrupted')), 100);
      // Far below the 20 s of what it has started.
      await expect(running).rejects.toThrow('interrupted');
    },
    15_000,
  );

  it('ends at its time limit', async () => {
    const ended = await shell('sleep 20 & sleep 20', undefined, 200);
    expect(ended).toMatchObject({ exitCode: null, timedOut: true });
  });
});
