import { expect, test } from 'vitest';
import { batchesCheck } from '../../src/accept/checks/batches.js';
import { judgeCycles } from '../../src/accept/checks/cycle.js';
import { sizesOf } from '../../src/accept/checks/long-prompt.js';
import { type CounterLook, rateOf } from '../../src/accept/generation.js';
import type { Profile } from '../../src/simulator/mlnode/index.js';
import { atDistance } from '../../src/simulator/mlnode/vectors.js';
import { about, acceptance } from './support.js';

const { node, check } = acceptance();

/** Computes vectors so far from the right ones, of the nonces that are chosen. */
function off(isOff: (nonce: number, batch: readonly number[]) => boolean, distance = 1): Profile {
  let asked = 0;
  return {
    summary: 'made for a test',
    compute: ({ nonce, batch, exact }) =>
      isOff(nonce, batch) ? atDistance(exact, distance, `off ${nonce} ${asked++}`) : exact,
  };
}

test('start: fewer replicas than promised are a failure', async () => {
  const result = await check(await node(), 'start', { expectReplicas: 3, startSeconds: 0.5 });
  expect(about(result, null)[0]).toMatch(/^fail: serves after .*; 2 of 3 promised replicas/);
});

test('start: a model that does not come up is a failure, with what the node says', async () => {
  const broken = await node();
  broken.failNextStart({ error: 'CUDA out of memory' });
  const result = await check(broken, 'start');
  expect(about(result, null)).toEqual(['fail: the model did not start: CUDA out of memory']);
});

test('start and restart: without arguments they are not run, and say what to give', async () => {
  const good = await node();
  for (const name of ['start', 'restart'] as const) {
    const result = await check(good, name, { startArgs: undefined });
    expect(result).toMatchObject({ outcome: 'skipped', reason: expect.stringContaining('--node-config') });
  }
  expect(good.requests['POST /inference/down']).toBeUndefined();
});

test('self-validation: the replica with another model is named', async () => {
  const result = await check(await node({ replicas: ['exact', 'unrelated'] }), 'self-validation');
  expect(about(result, 5001)).toEqual(['pass: 0 of 64 nonces mismatch']);
  expect(about(result, 5002)).toEqual(['fail: 64 of 64 nonces mismatch']);
  expect(result.outcome).toBe('fail');
});

test('repeatable: a replica that computes the first of a batch at random is named, with the place', async () => {
  const first = off((nonce, batch) => batch[0] === nonce);
  const result = await check(await node({ replicas: ['exact', first] }), 'repeatable');
  expect(about(result, 5001)).toEqual(['pass: asked twice: bit-equal over 64 nonces']);
  expect(about(result, 5002)[0]).toMatch(/^fail: .*2 above the threshold, at place 0 of the batch/);
  expect(result.findings.find(({ replica }) => replica === 5002)?.advice).toContain('first places');
});

test('batches: vectors that depend on the batch are a failure, and those within the threshold are told', async () => {
  const lonely = off((_, batch) => batch.length === 1);
  const broken = await check(await node({ replicas: ['exact', lonely] }), 'batches');
  expect(about(broken, 5001)[0]).toMatch(/^pass: against batches of 32: bit-equal in 9 other batches/);
  expect(about(broken, 5002)[0]).toMatch(
    /^fail: against batches of 32: batches of 1: 64 of 64 nonces differ/,
  );
  const slight = off((_, batch) => batch.length === 8, 0.05);
  const told = await check(await node({ replicas: [slight] }), 'batches');
  expect(about(told, 5001)[0]).toMatch(
    /^pass: .*vectors change in 2 of 9 other batches; largest change: batches of 8.*; within the honest band \(/,
  );
});

test('batches: vectors below the threshold that no honest pair shows are a failure, and without a band nothing is known', async () => {
  const far = off((_, batch) => batch.length === 8, 0.35);
  const result = await check(await node({ replicas: [far] }), 'batches');
  expect(about(result, 5001)[0]).toMatch(
    /^fail: .*batches of 8: .*none above the threshold: its mean is outside the honest band \(/,
  );
  const changed = {
    ...{ nonces: 64, unequal: 64, beyond: 0, meanL2: 0.1, maxL2: 0.2, places: [] },
    ...{ pValue: 1, fraudDetected: false, outside: null },
  };
  const asked = [{ batch: 'batches of 8', port: 5001, apart: changed }];
  const facts = { base: 'batches of 32', asked, refused: [] };
  const [finding] = batchesCheck.judge(facts, { known: null } as never);
  expect(finding).toMatchObject({ outcome: 'unknown', advice: expect.stringContaining('assay calibrate') });
});

test('cycle: memory that a PoC does not give back is a failure', async () => {
  const result = await check(await node({ imageFaults: ['memory-grows'] }), 'cycle');
  expect(about(result, null)[1]).toMatch(/^fail: GPU memory in use: .* after 2 cycles \(\+[23]\.\d %\)/);
  expect(result.figures.cycles).toHaveLength(2);
});

test('cycle: a replica that does not come back is named', async () => {
  const result = await check(await node({ imageFaults: ['replica-lost'] }), 'cycle', { patience: 0.02 });
  expect(about(result, 5001)[0]).toMatch(/^(pass|unknown)/);
  expect(about(result, 5002)[0]).toMatch(/^fail: cycle 1: it did not start to generate/);
});

test('cycle: rates that fall from PoC to PoC are a failure', async () => {
  const result = await check(await node({ imageFaults: ['slows-down'] }), 'cycle');
  expect(about(result, 5001)[0]).toMatch(/^fail: .*: cycle 2 is −(1[5-9]|2\d)\.\d % from the first/);
});

test('cycle: a PoC that goes on after its stop is a failure', () => {
  const cycle = {
    startedOn: [5001],
    refused: [],
    stopSeconds: null,
    left: [5001],
    rates: [{ port: 5001, rate: { perSecond: 27, low: 26.9, high: 27.1 } }],
    memoryMb: null,
    ports: [5001],
  };
  const findings = judgeCycles({ ports: [5001], memoryMb: null, cycles: [cycle] });
  expect(findings.map(({ outcome, evidence }) => `${outcome}: ${evidence}`)).toEqual([
    'fail: cycle 1: replica 5001 still generated after 10 s',
    'unknown: the node does not report the GPU memory in use (GET /gpu/devices)',
    'pass: generated 27.0/s',
  ]);
});

test('cycle: a rate that is not exact enough is neither good nor bad', () => {
  const cycle = (rate: { perSecond: number; low: number; high: number } | null) => ({
    startedOn: [5001],
    refused: [],
    stopSeconds: 0.1,
    left: [],
    rates: [{ port: 5001, rate }],
    memoryMb: 100,
    ports: [5001],
  });
  const about = (...rates: Parameters<typeof cycle>[0][]) =>
    judgeCycles({ ports: [5001], memoryMb: 100, cycles: rates.map(cycle) }).at(-1)?.outcome;
  const exact = { perSecond: 27, low: 26.8, high: 27.2 };
  expect(about(exact, { perSecond: 25, low: 24.9, high: 25.1 })).toBe('fail');
  expect(about(exact, { perSecond: 26, low: 25.9, high: 26.1 })).toBe('pass');
  expect(about(exact, { perSecond: 24, low: 18, high: 30 })).toBe('unknown');
  expect(about(exact, null)).toBe('fail');
});

test('a rate is taken between changes of the counter, and not of a look', () => {
  // 32 nonces every 1.2 s, looked at every 0.2 s: 26.7 a second, whichever part of a batch the window cuts.
  const looks: CounterLook[] = Array.from({ length: 101 }, (_, index) => {
    const at = index / 5;
    const processed = 32 * Math.floor((at + 0.001) / 1.2);
    return { sentS: at, receivedS: at + 0.01, replicas: [{ port: 5001, processed }] };
  });
  const rate = rateOf(looks, 5001, 0, 20);
  expect(rate?.perSecond).toBeCloseTo(32 / 1.2, 1);
  expect(rate?.low).toBeGreaterThan(25.5);
  expect(rate?.high).toBeLessThan(28);
  expect(rateOf(looks, 5002, 0, 20)).toBeNull();
  expect(rateOf(looks, 5001, 0, 2)).toBeNull();
});

test('errors: an image that takes anything fails, request by request', async () => {
  const result = await check(await node({ imageFaults: ['takes-anything'] }), 'errors');
  expect(about(result, null)[0]).toMatch(
    /^fail: a text in place of an object: 200 taken; .*k_dim 0: 200 taken/,
  );
});

test('errors: an image whose engine dies of a bad request fails', async () => {
  const dying = await node();
  dying.faults = ({ body }) => {
    if ((body as { nonces?: unknown[] }).nonces?.[0] !== -1) return undefined;
    dying.killReplica(5002);
    return { status: 500, body: 'Internal Server Error' };
  };
  const result = await check(dying, 'errors');
  expect(about(result, null)[0]).toMatch(/^fail: a nonce below 0: 500/);
  expect(about(result, 5002)).toEqual(['fail: gone from rotation afterwards']);
});

test('queue: an unknown id that is not 404, and a limit that is not kept, are failures', async () => {
  const wrong = await node({ waitLimitMs: 5_000 });
  wrong.faults = ({ endpoint, path }) =>
    endpoint.endsWith('{request_id}') && /5001:[0-9a-f-]{36}$/.test(path) && !('seen' in wrong)
      ? { body: (answer) => (JSON.stringify(answer).includes('not found') ? { status: 'failed' } : answer) }
      : undefined;
  const result = await check(wrong, 'queue', { waitLimitSeconds: 0.2 });
  expect(about(result, null)[0]).toMatch(/^pass: wait: true against wait: false: bit-equal/);
  expect(about(result, null)[2]).toMatch(/^(fail|unknown): \d+ nonces with wait: true: (200|no answer)/);
});

test('queue: it is filled only by name, refuses with 429, and is empty afterwards', async () => {
  const good = await node({ replicas: ['exact'], batchTimeMs: 100 });
  const result = await check(good, 'queue');
  expect(about(result, null)[3]).toMatch(/^pass: the queue took 100000 nonces and then said 429/);
  expect(good.queuedNonces(5001)).toBe(0);
});

test('restart: other vectors after a restart are a failure', async () => {
  const result = await check(await node({ imageFaults: ['forgets-itself'] }), 'restart');
  expect(about(result, 5001)[0]).toMatch(/^fail: before and after: 64 of 64 nonces differ/);
});

test('early-share: a PoC that begins late is a failure', async () => {
  const result = await check(await node({ imageFaults: ['starts-late'] }), 'early-share', {
    measureSeconds: 2,
  });
  expect(about(result, 5001)[0]).toMatch(/^fail: first nonce seen after 1\.\d s; 0 % of/);
});

test('steady: a replica that is slower than the other is named', async () => {
  const result = await check(await node({ replicas: ['exact', 'slow'] }), 'steady');
  expect(about(result, 5001)[0]).toMatch(/^(pass|unknown)/);
  expect(about(result, 5002)[0]).toMatch(/^fail: .*% against replica 5001/);
});

test('cross-device: a peer that computes otherwise fails both ways, and stands in the pairs', async () => {
  const [good, other] = [await node(), await node({ replicas: ['unrelated'] })];
  const result = await check(good, 'cross-device', { peers: [other.url] });
  expect(result.outcome).toBe('fail');
  expect(about(result, null).map((line) => line.slice(0, 4))).toEqual(['fail', 'fail', 'fail']);
  expect(result.figures.pairs).toMatchObject([{ nonces: 200, mismatches: 200, fraudDetected: true }]);
});

test('cycle-with-chats: an image whose chats break after a PoC fails', async () => {
  const result = await check(await node({ imageFaults: ['breaks-chats'] }), 'cycle-with-chats');
  expect(about(result, null)[1]).toMatch(/^fail: chats after a PoC: refused \(500: EngineCore/);
});

test('cycle-with-chats: another answer after a PoC is a failure', async () => {
  const result = await check(await node({ imageFaults: ['changes-answers'] }), 'cycle-with-chats');
  expect(about(result, null)[2]).toBe(
    'fail: a fixed prompt at temperature 0 has another answer after cycle 1, 2',
  );
});

test('cycle-with-chats: a chat that never ends is a failure, and one that a PoC cuts is none', async () => {
  const slow = await node({ tokenTimeMs: 15 });
  const cut = await check(slow, 'cycle-with-chats', { cycles: 1 });
  expect(about(cut, null)[0]).toMatch(/^pass: .*started before it refused .*, sent in it refused \(503/);
  slow.faults = ({ endpoint, body }) =>
    endpoint === '/v1/chat/completions' && (body as { max_tokens: number }).max_tokens > 100
      ? { hang: true }
      : undefined;
  const hung = await check(slow, 'cycle-with-chats', { chatSeconds: 1.5, cycles: 1 });
  expect(about(hung, null)[0]).toMatch(/^fail: chats during a PoC: no end within 2 s/);
});

test('long-prompt: a prompt that hangs after a PoC is a failure, within the limit', async () => {
  const result = await check(await node({ imageFaults: ['hangs-on-long-prompts'] }), 'long-prompt', {
    chatSeconds: 1,
  });
  expect(about(result, null)).toEqual([
    expect.stringMatching(/^pass: 1000 tokens: finished/),
    'fail: 8000 tokens: no end within 1 s',
  ]);
});

test('long-prompt: the longest prompt is that of the model', () => {
  expect(sizesOf(40_000)).toEqual([1_000, 8_000, 32_000, 39_744]);
  expect(sizesOf(4_096)).toEqual([1_000, 3_840]);
  expect(sizesOf(null)).toEqual([1_000, 8_000, 32_000]);
});

test('tools: calls and reasoning that are left in the text are failures', async () => {
  const result = await check(await node({ imageFaults: ['no-parsers'] }), 'tools');
  expect(about(result, null)).toEqual([
    'fail: the tool call was left in the text',
    'fail: the reasoning was left in the text',
  ]);
});

test('tools: a parser may keep the reasoning in the text, and tags have names of their model', async () => {
  const parsers = ['--enable-auto-tool-choice', '--tool-call-parser', 'minimax_m2'];
  const args = ['--tensor-parallel-size', '1', ...parsers, '--reasoning-parser', 'minimax_m2_append_think'];
  const good = await check(await node({ args }), 'tools', { startArgs: args });
  expect(about(good, null)).toEqual([
    'pass: a tool call was parsed: get_weather, city Paris',
    'pass: the reasoning is in the text, where this parser keeps it',
  ]);
  const broken = await check(await node({ args, imageFaults: ['no-parsers'] }), 'tools', { startArgs: args });
  expect(about(broken, null)[0]).toBe('fail: the tool call was left in the text');
  const silent = await check(await node({ args: args.slice(0, 2) }), 'tools', { startArgs: args });
  expect(silent.findings).toMatchObject(
    Array(2).fill({ outcome: 'unknown', advice: expect.stringContaining('run the check start as well') }),
  );
});

test('chats: where there is no endpoint nothing is known, and the advice says what to give', async () => {
  const closed = await node();
  closed.faults = ({ path }) =>
    path.startsWith('/v1/') ? { status: 404, body: '{"detail":"Not Found"}' } : undefined;
  const result = await check(closed, 'long-prompt');
  expect(result).toMatchObject({ outcome: 'unknown', reason: expect.stringContaining('--inference-url') });
});
