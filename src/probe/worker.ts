/** The worker thread's side of probing: fetch, decode, measure, and return typed arrays. */
import ndarray from 'ndarray';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { replyOf } from '../batches/transport.js';
import { exchangeGenerate } from '../mlnode/generate.js';
import { schemeOf } from '../schemes/index.js';
import { measureAnswer } from './measure.js';
import type { FetchReply, FetchTask } from './tasks.js';

/** Runs one task. Every failure of the exchange is a reply; a thrown error is a bug. */
export default async function fetchAndMeasure(task: FetchTask): Promise<unknown> {
  const reply = await run(task);
  if (reply.kind !== 'done') return reply;
  const { found, l2, cosine, divergence, vectors } = reply.result;
  return move({
    get [valueSymbol]() {
      return reply;
    },
    get [transferableSymbol]() {
      return [found, l2, cosine, divergence, vectors].map(({ buffer }) => buffer);
    },
  });
}

function run(task: FetchTask): Promise<FetchReply> {
  const { nonces, golden, rowLength, start } = task;
  const scheme = schemeOf(task);
  return exchangeGenerate(task, (answer) =>
    replyOf(answer, task.body === undefined, () => {
      if (!Array.isArray(answer.artifacts)) return undefined;
      const all = ndarray(new Float32Array(golden), [golden.byteLength / 4 / rowLength, rowLength]);
      return measureAnswer(answer, nonces, all.lo(start, 0).hi(nonces.length, rowLength), scheme);
    }),
  );
}
