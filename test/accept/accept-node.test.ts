import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acceptNode } from '../../src/accept/accept-node.js';
import { CHECK_NAMES } from '../../src/accept/model.js';
import { renderAcceptJunit } from '../../src/accept/tell/junit.js';
import { renderAcceptMarkdown } from '../../src/accept/tell/markdown.js';
import { renderAcceptPage } from '../../src/accept/tell/page.js';
import { renderAcceptText } from '../../src/accept/tell/text.js';
import { Interrupted } from '../../src/errors.js';
import { accept as acceptBySchema } from '../../src/schemas/accept.js';
import validateReport from '../../src/schemas/generated/accept-report.js';
import { acceptance, small } from './support.js';

const { node, accept, folder } = acceptance();

test('an image without a fault passes every check, and the model serves as before', async () => {
  const good = await node();
  const peer = await node({ replicas: ['honest'] });
  const { report } = await accept(good, { peers: [peer.url] });
  expect(report.checks.map(({ check }) => check)).toEqual(CHECK_NAMES);
  expect(report.checks.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
  expect(report).toMatchObject({ verdict: 'PASS', exit_code: 0, warnings: [] });
  expect(() => acceptBySchema(validateReport, report, 'report')).not.toThrow();
  const page = renderAcceptPage(report);
  for (const title of ['cycle: Rate over the cycles', 'cycle-with-chats: GPU memory over the cycles'])
    expect(page).toContain(title);
  expect(page).toContain('steady: Rate over the time of one PoC');
  expect(good.running?.model).toBe(report.model);
  expect([5001, 5002].map((port) => good.isGenerating(port))).toEqual([false, false]);
});

test('the run goes on after a failure, and every report names check and replica', async () => {
  const bad = await node({ replicas: ['exact', 'unrelated'] });
  const { report } = await accept(bad, {
    only: ['self-validation', 'errors', 'cycle'],
    startArgs: undefined,
  });
  expect(report).toMatchObject({ verdict: 'FAIL', exit_code: 2 });
  expect(report.verdict_reason).toMatch(/^failed: self-validation; not run: start, /);
  expect(report.checks.find(({ check }) => check === 'errors')?.outcome).toBe('pass');
  const junit = renderAcceptJunit(report);
  expect(junit).toContain('name="replica 5002"');
  expect(junit.match(/<failure /g)).toHaveLength(2);
  expect(junit).toContain('<skipped');
  const page = renderAcceptPage(report);
  expect(page).toContain('Rate over the cycles');
  expect(page).not.toContain('<script');
  expect(renderAcceptMarkdown(report)).toContain('| self-validation | FAIL | pass | FAIL |');
  const text = renderAcceptText(report, 'runs/x', { colors: colourless(), width: 100 } as never);
  expect(text).toMatch(/^FAIL {2}failed: self-validation/);
  expect(text).toContain('FAIL: replica 5002: 64 of 64 nonces mismatch');
  const unknown = renderAcceptText({ ...report, verdict: 'INCOMPLETE' }, 'my runs/x', {
    ...{ colors: colourless(), width: 100 },
  } as never);
  expect(unknown).toContain("go on with: assay accept --resume 'my runs/x'");
  // Sixteen replicas do not fit side by side.
  const many = report.checks.map((check) => ({
    ...check,
    findings: check.findings.flatMap((finding) =>
      Array.from({ length: 16 }, (_, at) => ({ ...finding, replica: 5001 + at })),
    ),
  }));
  const narrow = renderAcceptText({ ...report, checks: many }, 'runs/x', {
    colors: colourless(),
    width: 80,
  } as never);
  const table = narrow.split('\n').filter((line) => /^(check|self-validation) /.test(line));
  expect(table.length).toBeGreaterThan(2);
  expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(table.join(' ')).toContain('5016');
});

test('a replica that a check lost is not known in the checks after it', async () => {
  const losing = await node({ imageFaults: ['replica-lost'] });
  const { report } = await accept(losing, { only: ['cycle', 'errors'], patience: 0.02, cycles: 1 });
  const errors = report.checks.find(({ check }) => check === 'errors');
  expect(errors?.outcome).toBe('unknown');
  expect(errors?.findings.at(-1)).toEqual({
    replica: 5002,
    outcome: 'unknown',
    evidence: 'it was not in rotation',
  });
  expect(report).toMatchObject({ verdict: 'FAIL', exit_code: 2 });
});

test('an interrupted run stops its PoC, and is taken up where it was', async () => {
  const good = await node();
  const path = folder();
  const interruption = new AbortController();
  const options = { expDir: path, only: ['repeatable' as const, 'cycle' as const], measureSeconds: 1 };
  const run = accept(good, options, {
    signal: interruption.signal,
    events: {
      checkStarted: ({ check }) => {
        if (check === 'cycle') watchGeneration();
      },
    },
  });
  const watchGeneration = () => {
    if (good.isGenerating(5001)) return interruption.abort(new Interrupted('SIGINT'));
    setTimeout(watchGeneration, 5);
  };
  await expect(run).rejects.toThrow('interrupted by SIGINT');
  expect([5001, 5002].map((port) => good.isGenerating(port))).toEqual([false, false]);

  const asked = good.requests['POST /inference/pow/generate'];
  const kept: string[] = [];
  const more = { expDir: undefined, resume: path };
  await expect(accept(good, { ...options, ...more, cycles: 20 })).rejects.toThrow(
    `--cycles differs from the run in ${path}`,
  );
  await expect(accept(good, { ...options, ...more, startArgs: ['--other'] })).rejects.toThrow(
    '--node-config differs',
  );
  // Nothing but the folder: all else is as it was started.
  const { report } = await acceptNode(
    { resume: path, reference: small, patience: 0.2, waitLimitSeconds: 2 },
    { events: { checkEnded: ({ check }, isKept) => isKept && kept.push(check) } },
  );
  expect(kept).toEqual(['repeatable']);
  expect(report).toMatchObject({ verdict: 'PASS', exit_code: 0 });
  expect(good.requests['POST /inference/pow/generate']).toBe(asked);
  expect(report.checks.find(({ check }) => check === 'cycle')?.figures.cycles).toHaveLength(2);
  const journal = join(path, 'journal.jsonl');
  const lines = readFileSync(journal, 'utf8').trim().split('\n');
  expect(lines).toHaveLength(3);

  writeFileSync(journal, lines.join('\n').replace('"outcome":"pass"', '"outcome":"good"').concat('\n'));
  await expect(acceptNode({ resume: path, reference: small })).rejects.toThrow(
    /journal\.jsonl: .* must be one of .*"unknown"/,
  );
});

test('a check that cannot see its PoC is not known, and nothing of it is left on the node', async () => {
  const hung = await node();
  hung.faults = ({ endpoint }) =>
    endpoint === '/inference/pow/status' && hung.isGenerating(5001) ? { status: 500 } : undefined;
  const { report } = await accept(hung, { only: ['early-share', 'errors'], patience: 0.02 });
  const outcomes = Object.fromEntries(report.checks.map(({ check, outcome }) => [check, outcome]));
  expect(outcomes).toMatchObject({ 'early-share': 'unknown', errors: 'pass' });
  expect(report).toMatchObject({ verdict: 'INCOMPLETE', exit_code: 1 });
  expect(hung.isGenerating(5001)).toBe(false);
});

test("a node that is not the tester's is not touched", async () => {
  const busy = await node();
  busy.startForeignGeneration();
  await expect(accept(busy)).rejects.toThrow('another PoC generation runs');
  expect(busy.isGenerating(5001)).toBe(true);
  const other = await node({ model: 'Qwen/Qwen3-0.6B' });
  await expect(accept(other)).rejects.toThrow('the node serves Qwen/Qwen3-0.6B');
  const down = await node({ up: false });
  await expect(accept(down, { startArgs: undefined })).rejects.toThrow('no arguments to start it with');
});

test('a reference of chains is refused: they have no distance', async () => {
  const file = { ...small.file, decode: true, max_tokens: 4, k_dim: undefined, encoding: undefined };
  const chains = { ...small, file } as unknown as typeof small;
  await expect(accept(await node(), { reference: chains })).rejects.toThrow('is of the decode scheme');
});

test('a model that was not up is stopped again', async () => {
  const down = await node({ up: false });
  const { report } = await accept(down, { only: ['start', 'repeatable'] });
  expect(report.verdict).toBe('PASS');
  expect(down.running).toBeUndefined();
});

function colourless() {
  return new Proxy(
    { isColorSupported: false },
    { get: (own, key) => (key in own ? false : (text: string) => text) },
  );
}
