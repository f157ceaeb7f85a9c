import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatCommand, resumeCommand } from '../../src/report/repeat-command.js';
import { runFixture } from '../support/run-fixture.js';

const { config } = runFixture().report;

/** The words that a POSIX shell makes of a command line. */
function wordsOf(commandLine: string): string[] {
  const script = `set -f\nset -- ${commandLine}\nprintf '%s\\0' "$@"`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('a run without a verdict', () => {
  const { report } = runFixture();
  const unfinished = { ...report, verdict: 'INCOMPLETE' as const };

  it('is resumed by its folder, also with a blank in it', () => {
    expect(resumeCommand(unfinished, 'my runs/x')).toBe("assay validate --resume 'my runs/x'");
    expect(resumeCommand(report, 'runs/x')).toBeNull();
  });

  it('of a demo starts again: its node ended with it', () => {
    const deploy = { dtype: 'auto', args: [{ value: '4', source: 'demo' }] } as typeof config.deploy;
    const demo = { ...config, deploy, options: { profiles: 'honest,int4', replicas: 2 } };
    const command = 'assay demo --profile honest,int4 --replicas 2 --model moonshotai/Kimi-K2.6';
    expect(resumeCommand({ ...unfinished, config: demo }, 'runs/x')).toBe(command);
    expect(repeatCommand(demo)).toBe(command);
  });
});

describe('repeatCommand', () => {
  it('names node, model, reference and thresholds as they were, and every option that was given', () => {
    const options = { skipDeploy: true, strict: false, selfCheck: false, probe: 'wait', expDir: 'runs/x' };
    expect(wordsOf(repeatCommand({ ...config, options }))).toEqual([
      'assay',
      'validate',
      '--mlnode-url=http://127.0.0.1:8080',
      '--model=moonshotai/Kimi-K2.6',
      '--reference=moonshotai-kimi-k2.6.json',
      '--skip-deploy',
      '--probe=wait',
      '--no-self-check',
    ]);
  });

  it('leaves out defaults and what comes with the reference, and names one of the package as `golden list` does', () => {
    const path = '/usr/lib/node_modules/mlnode-assay/artifacts/golden/moonshotai-kimi-k2.6.json';
    const { values, source } = config.stat_test;
    const words = wordsOf(
      repeatCommand({
        ...config,
        reference: { ...config.reference, path },
        stat_test: {
          values: { ...values, p_mismatch: 0.2 },
          source: { ...source, p_mismatch: 'command line' },
        },
        options: { warmupSeconds: 30, measureSeconds: 20, dtype: 'auto', network: true, coverage: 'auto' },
      }),
    );
    expect(words.slice(4)).toEqual([
      '--reference=moonshotai-kimi-k2.6',
      '--p-mismatch=0.2',
      '--measure-seconds=20',
    ]);
  });

  it('leaves the node to a node config', () => {
    const words = wordsOf(
      repeatCommand({ ...config, options: { nodeConfig: 'nodes.json', nodeId: 'node1' } }),
    );
    expect(words).toContain('--node-config=nodes.json');
    expect(words.join(' ')).not.toContain('mlnode-url');
  });

  it('gives every option to the shell as it was, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary' }).filter((text) => !/[\0\ud800-\udfff]/.test(text))),
        (values) => {
          const words = wordsOf(repeatCommand({ ...config, options: { extraArg: values } }));
          expect(words.filter((word) => word.startsWith('--extra-arg='))).toEqual(
            values.map((value) => `--extra-arg=${value}`),
          );
        },
      ),
      { numRuns: 10 },
    );
  });
});
