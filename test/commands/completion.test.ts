import { execa } from 'execa';
import { expect, it } from 'vitest';
import { assayHere } from '../support/assay.js';

/** What bash offers behind these words. */
async function offered(script: string, words: string[]): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an array of bash
  const tail = 'COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _assay; printf "%s\\n" "${COMPREPLY[@]}"';
  const { stdout } = await execa('bash', ['--norc', '-c', `${script}\n${tail}`, 'bash', ...words]);
  return stdout.split('\n');
}

it('completes commands, options and choices in bash', async () => {
  const { stdout: script } = await assayHere(['completion', 'bash']);
  expect(await offered(script, ['assay', 'vali'])).toEqual(['validate']);
  expect(await offered(script, ['assay', 'golden', ''])).toEqual(['list', 'show', 'verify']);
  expect(await offered(script, ['assay', 'validate', '--probe', ''])).toEqual(['queued', 'wait', 'whole']);
  expect(await offered(script, ['assay', 'validate', '--strict', '--mlnode'])).toEqual(['--mlnode-url']);
  expect(await offered(script, ['assay', 'tx', 'intent', '--fro'])).toEqual(['--from']);
});

it.each(['zsh', 'fish'])('names every command for %s', async (shell) => {
  const { stdout } = await assayHere(['completion', shell]);
  for (const word of ['validate', 'golden', 'verify', 'lifecycle']) expect(stdout).toContain(word);
});

it('refuses another shell', async () => {
  const { exitCode, stderr } = await assayHere(['completion', 'tcsh']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('bash, zsh, fish');
  expect(stderr.split('\n')).toHaveLength(1);
});
