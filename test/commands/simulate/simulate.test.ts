import { once } from 'node:events';
import { createServer } from 'node:net';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { caller, golden, kimi } from '../../simulator/mlnode/support.js';

const assay = (...args: string[]) => execa('node', ['dist/main.js', 'simulate', ...args], { reject: false });

/** Starts the command, and waits for the line that says it is ready. */
async function started(...args: string[]) {
  const process = assay('--port', '0', ...args);
  const lines = process.iterable();
  const { value } = await lines.next();
  return { process, line: value as string };
}

describe('assay simulate', () => {
  it('serves at the URL that it prints, until it is asked to stop', async () => {
    const { process, line } = await started('--profile', 'exact', '--batch-time-ms', '5');
    const call = caller(line);
    const { body } = await call('POST', '/inference/pow/generate', golden(kimi.nonces, { wait: true }));
    expect(body.artifacts).toHaveLength(200);
    expect(body.artifacts[17].vector_b64).toBe(kimi.artifacts[17]?.vector_b64);
    expect((await call('GET', '/inference/pow/status')).body.backends).toHaveLength(2);
    process.kill('SIGINT');
    const { exitCode, stdout } = await process;
    expect(exitCode).toBe(0);
    expect(stdout).toBe(line);
  });

  it('says which weights of other models there are, and nothing of a port', async () => {
    const { exitCode, stderr } = await assay('--port', '0', '--profile', 'int4');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^assay: profile int4: no such weights are known of .*; int4 is known of .*Qwen3-235B/,
    );
  });

  it('prints JSON for a script, and deals the profiles out to the replicas', async () => {
    const { process, line } = await started('--json', '--profile', 'honest,slow', '--replicas', '3');
    expect(JSON.parse(line)).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      model: 'moonshotai/Kimi-K2.6',
      replicas: ['honest', 'slow', 'honest'],
    });
    process.kill('SIGTERM');
    expect((await process).exitCode).toBe(0);
  });

  it('serves another model, with the vectors of the reference that comes along', async () => {
    const { process, line } = await started('--model', 'Qwen/Qwen3-0.6B', '--profile', 'exact');
    const { body } = await caller(line)('GET', '/state');
    expect(body.loaded_model).toBe('Qwen/Qwen3-0.6B');
    process.kill();
    await process;
  });

  it('starts without a model, to deploy one', async () => {
    const { process, line } = await started('--unloaded');
    expect((await caller(line)('GET', '/state')).body.state).toBe('STOPPED');
    process.kill();
    await process;
  });

  it.each([
    [['--profile', 'exakt'], /--profile: "exakt" is no profile; use exact\|honest/],
    [['--replicas', '1', '--profile', 'exact,nan'], /--replicas must be 2 or more, not 1/],
    [['--batch-time-ms', '0'], /--batch-time-ms must be/],
    [['--port', '70000'], /--port must be a whole number from 0 to 65535/],
    [['--port', '1', '--port', '2'], /--port is given more than once/],
    [['--replicas', 'two'], /--replicas must be a whole number of 1 or more/],
  ])('refuses %j in one line', async (args, message) => {
    const { exitCode, stdout, stderr } = await assay(...args);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toMatch(message);
  });

  it('says so when the port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const { exitCode, stderr } = await assay('--port', String(port));
    holder.close();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/EADDRINUSE.*another --port/);
  });
});
