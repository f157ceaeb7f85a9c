import { clip, detailOf } from '../http/detail.js';
import { HttpFault } from '../http/fault.js';
import type { GenerateAnswer } from '../mlnode/answers.js';
import type { FaultReply } from '../mlnode/generate.js';
import type { Batch } from './plan.js';
import { isRequestId } from './request-id.js';

/** The node's reply to a generate request, or to a poll of a queued one. */
export type Reply<R> =
  | { kind: 'done'; result: R; requestId: string | null }
  | { kind: 'queued'; requestId: string }
  | { kind: 'pending' }
  | { kind: 'failed'; detail: string }
  | FaultReply;

/** How batches are sent to a node and answered; one for probing, one for the node's own check. */
export interface Transport<R> {
  ask(batch: Batch): Promise<Reply<R>>;
  look(requestId: string, batch: Batch): Promise<Reply<R>>;
}

/**
 * Reads an answer's state.
 *
 * @param isLook the answer is to a poll, which need not repeat the request id
 * @param resultOf makes the result of a complete answer; undefined when the answer lacks what was asked for
 */
export function replyOf<R>(
  answer: GenerateAnswer,
  isLook: boolean,
  resultOf: (answer: GenerateAnswer) => R | undefined,
): Reply<R> {
  const requestId = answer.request_id ?? null;
  switch (answer.status) {
    case 'completed': {
      const result = resultOf(answer);
      if (result === undefined)
        throw new HttpFault('malformed', 'a completed answer without the requested data');
      return { kind: 'done', result, requestId };
    }
    case 'queued':
    case 'running':
      if (isLook) return { kind: 'pending' };
      if (requestId !== null && isRequestId(requestId)) return { kind: 'queued', requestId };
      throw new HttpFault('malformed', `"${clip(String(requestId))}" is no request id`);
    case 'failed':
      return { kind: 'failed', detail: detailOf(answer.error) || 'no reason given' };
    default:
      throw new HttpFault('malformed', `unknown status "${clip(answer.status)}" of a generate request`);
  }
}
