import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { AssayError } from '../../errors.js';
import type { GenerateAnswer } from '../../mlnode/answers.js';
import { exchangeGenerate, type FaultReply } from '../../mlnode/generate.js';
import { counted } from '../../text/figures.js';
import { defineCheck, type Tester } from '../check.js';
import { requireRotation } from '../generation.js';
import type { ImageFinding } from '../model.js';
import { type Apart, apart, apartText, askVectors, byReplica, someNonces } from '../vectors.js';

const NONCES = 32;
/** Most nonces of one request when looking for the limit. */
const MOST_NONCES = 100_000;
/** Factor for the next request if one was done within the limit. */
const GROWTH = 4;
/** Most nonces in a replica's queue, by the protocol. */
const QUEUE_NONCES = 100_000;

/** The outcome of a request that was sent once, without retries. */
interface Sent {
  /** 200 if it was answered; null: no answer. */
  status: number | null;
  seconds: number;
  text: string;
}

interface Facts {
  same: Apart;
  unknownId: Sent;
  long: Sent & { nonces: number };
  /** null: the queue was not full. */
  full: (Sent & { taken: number }) | null;
}

export const queueCheck = defineCheck<Facts>({
  name: 'queue',
  title: 'Queued and waiting requests follow the protocol',
  why: 'The network uses both kinds. A queue with other answers loses a validation.',
  limitSeconds: ({ waitLimitSeconds }) => 10 * waitLimitSeconds + 300,
  async gather(tester) {
    const { inputs, node, patience } = tester;
    const [port] = await requireRotation(tester);
    const nonces = someNonces(inputs, NONCES);
    const queued = await askVectors(tester, { nonces, batchSize: NONCES, coverage: 'spread' });
    const begun = performance.now();
    const waited = await post(tester, nonces, patience * 90_000);
    if (waited.kind === 'fault') throw new AssayError(`wait: true: ${waited.message}`);
    const batchSeconds = (performance.now() - begun) / 1000;
    const texts = (artifacts: GenerateAnswer['artifacts']) =>
      new Map(nonces.map((nonce) => [nonce, textOf(artifacts, nonce)]));
    const [first] = byReplica(
      queued.map((one) => ({ ...one, replica: null })),
      nonces,
    ).values();
    const url = `${node.api}/inference/pow/generate/${port}:${randomUUID()}`;
    const unknownId = await timed(() =>
      exchangeGenerate({ url, timeoutMs: patience * 20_000, count: 0 }, answered),
    );
    const long = await exceedLimit(tester, batchSeconds);
    const full = inputs.only?.includes('queue') ? await fillQueue(tester) : null;
    return { same: apart(first ?? new Map(), texts(waited.artifacts), inputs), unknownId, long, full };
  },
  judge({ same, unknownId, long, full }, { waitLimitSeconds }) {
    return [
      {
        replica: null,
        outcome: same.fraudDetected ? 'fail' : 'pass',
        evidence: `wait: true against wait: false: ${apartText(same)}`,
        ...(same.fraudDetected && { advice: 'both must give the same vectors' }),
      },
      {
        replica: null,
        outcome: unknownId.status === 404 ? 'pass' : 'fail',
        evidence: `an unknown request id: ${unknownId.status ?? 'no answer'} ${unknownId.text}`.trim(),
        ...(unknownId.status !== 404 && {
          advice: 'it must be 404, so that a client asks for those nonces again',
        }),
      },
      judgeLimit(long, waitLimitSeconds),
      ...(full === null ? [] : [judgeFull(full)]),
    ];
  },
});

function judgeLimit({ status, seconds, nonces, text }: Facts['long'], limit: number): ImageFinding {
  const told = `${counted(nonces, 'nonce')} with wait: true: ${status ?? 'no answer'} ${text} after ${seconds.toFixed(1)} s`;
  if (status === 200 && !isOverLimit({ seconds }, limit)) {
    return {
      replica: null,
      outcome: 'unknown',
      evidence: `${told}, which is too fast to show the limit of ${limit} s`,
      advice: 'the node is too fast for this check: skip it with --skip queue',
    };
  }
  const isRight = status === 502 && seconds >= 0.9 * limit;
  return {
    replica: null,
    outcome: isRight ? 'pass' : 'fail',
    evidence: told,
    ...(!isRight && { advice: `the node has to end such a request with 502 after ${limit} s` }),
  };
}

function judgeFull({ status, taken, text }: NonNullable<Facts['full']>): ImageFinding {
  return {
    replica: null,
    outcome: status === 429 ? 'pass' : 'fail',
    evidence: `the queue took ${counted(taken, 'nonce')} and then said ${status ?? 'nothing'} ${text}`.trim(),
    ...(status !== 429 && { advice: `a replica refuses more than ${QUEUE_NONCES} nonces with 429` }),
  };
}

/** An answer takes some time to arrive: only one that comes clearly later was not ended by the limit. */
function isOverLimit({ seconds }: Pick<Sent, 'seconds'>, limit: number): boolean {
  return seconds > 1.25 * limit;
}

/** Sends a request too large for the node's time limit, and a larger one if the node was done in time. */
async function exceedLimit(tester: Tester, batchSeconds: number): Promise<Facts['long']> {
  const { waitLimitSeconds } = tester.inputs;
  const timeoutMs = 1.5 * 1000 * waitLimitSeconds + 5_000;
  // A single batch takes longer than one of many, so the first estimate may be too low.
  let count = NONCES * Math.ceil((1.5 * waitLimitSeconds) / Math.max(batchSeconds, 0.001));
  for (;;) {
    const nonces = Array.from({ length: Math.min(MOST_NONCES, count) }, (_, nonce) => nonce);
    const sent = await timed(() => post(tester, nonces, timeoutMs));
    if (sent.status !== 200 || isOverLimit(sent, waitLimitSeconds) || count >= MOST_NONCES)
      return { ...sent, nonces: nonces.length };
    count *= GROWTH;
  }
}

/** Fills the queues of all replicas, and empties them again. */
async function fillQueue(tester: Tester): Promise<NonNullable<Facts['full']>> {
  const { node, inputs, patience } = tester;
  const ports = await requireRotation(tester);
  const nonces = Array.from({ length: QUEUE_NONCES / 2 }, (_, nonce) => nonce);
  const url = `${node.api}/inference/pow/generate`;
  const body = { ...inputs.params, nonces, wait: false };
  let taken = 0;
  try {
    for (;;) {
      const exchange = { url, body, timeoutMs: patience * 60_000, count: 0 };
      const sent = await timed(() => exchangeGenerate(exchange, answered));
      if (sent.status !== 200 || taken > ports.length * QUEUE_NONCES) return { ...sent, taken };
      taken += nonces.length;
    }
  } finally {
    await node.stopGeneration();
  }
}

type Answered = { kind: 'answered'; artifacts: GenerateAnswer['artifacts'] };

function answered({ artifacts }: GenerateAnswer): Answered {
  return { kind: 'answered', artifacts };
}

function post({ node, inputs }: Tester, nonces: number[], timeoutMs: number): Promise<Answered | FaultReply> {
  const url = `${node.api}/inference/pow/generate`;
  const body = { ...inputs.params, nonces, wait: true, batch_size: NONCES };
  return exchangeGenerate({ url, body, timeoutMs, count: nonces.length }, answered);
}

async function timed(ask: () => Promise<Answered | FaultReply>): Promise<Sent> {
  const begun = performance.now();
  const reply = await ask();
  const seconds = (performance.now() - begun) / 1000;
  return reply.kind === 'answered'
    ? { status: 200, seconds, text: 'answered' }
    : { status: reply.status ?? null, seconds, text: reply.detail };
}

function textOf(artifacts: GenerateAnswer['artifacts'], nonce: number): string | null {
  const found = artifacts?.find((one) => one.nonce === nonce);
  if (Array.isArray(found?.k_points_steps)) return found.k_points_steps.join();
  return typeof found?.vector_b64 === 'string' ? found.vector_b64 : null;
}
