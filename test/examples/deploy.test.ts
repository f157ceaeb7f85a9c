import { readdirSync, readFileSync } from 'node:fs';
import { execaSync } from 'execa';
import { Deployment } from 'kubernetes-models/apps/v1';
import { ConfigMap, PersistentVolumeClaim, Secret, Service } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { commands } from '../../src/commands/index.js';
import { packageRoot } from '../../src/paths.js';

const folder = `${packageRoot}/examples/deploy`;
const manifests = readdirSync(`${folder}/kubernetes`);
const units = readdirSync(`${folder}/systemd`);
const kinds = { ConfigMap, Deployment, PersistentVolumeClaim, Secret, Service };

interface Manifest {
  kind: keyof typeof kinds;
  spec: { template: { spec: { containers: { args: string[] }[] } } };
}

const documents = (name: string): Manifest[] =>
  parseAllDocuments(readFileSync(`${folder}/kubernetes/${name}`, 'utf8')).map((each) => each.toJS());

/** Flags of a command line that its command does not have. */
async function unknownFlags(words: string[]): Promise<string[]> {
  const entry = commands.find(({ name }) => words.join(' ').startsWith(`${name} `));
  if (entry === undefined) return [`no command: ${words.join(' ')}`];
  const { command } = await entry.load();
  const flags = words
    .filter((word) => word.startsWith('--'))
    .map((word) => word.slice(2).split('=')[0] ?? '');
  return flags.filter((flag) => !Object.hasOwn(command.options, flag));
}

describe.each(manifests)('%s', (name) => {
  it('is what Kubernetes takes', () => {
    for (const manifest of documents(name)) new kinds[manifest.kind](manifest as never).validate();
  });

  it('calls a command with flags that it has', async () => {
    for (const { kind, spec } of documents(name)) {
      if (kind !== 'Deployment') continue;
      expect(await unknownFlags(spec.template.spec.containers[0]?.args ?? [])).toEqual([]);
    }
  });
});

describe.each(units)('%s', (name) => {
  const path = `${folder}/systemd/${name}`;

  it('calls a command with flags that it has', async () => {
    const line = /^ExecStart=\S+ assay (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
    expect(await unknownFlags(line.split(' '))).toEqual([]);
  });

  it.skipIf(execaSync('systemd-analyze', ['--version'], { reject: false }).exitCode !== 0)(
    'is what systemd takes',
    () => {
      const { exitCode, all } = execaSync('systemd-analyze', ['verify', path], { reject: false, all: true });
      expect(exitCode, all).toBe(0);
    },
  );
});

it('would find a manifest that is none', () => {
  expect(() => new Deployment({ spec: { replicas: 'many' } } as never).validate()).toThrow();
});
