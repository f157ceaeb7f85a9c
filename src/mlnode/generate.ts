import { HttpFault } from '../http/fault.js';
import { maskSecrets } from '../http/mask.js';
import { requestJson } from '../http/request.js';
import validateGenerate from '../schemas/generated/mlnode-generate.js';
import type { GenerateAnswer, GenerateBody } from './answers.js';
import { acceptAnswer } from './client.js';
import { maxAnswerBytes } from './limits.js';

/** A fault as a plain value, which can be sent between threads and judged by a policy. */
export interface FaultReply {
  kind: 'fault';
  outcome: HttpFault['outcome'];
  message: string;
  advice?: string | undefined;
  detail: string;
  status: number | undefined;
  retryAfterMs: number | undefined;
}

export interface GenerateExchange {
  url: string;
  /** Absent for a poll of a queued request. */
  body?: GenerateBody;
  /** Where this thread does not know the credentials of the address. */
  authorization?: string | undefined;
  timeoutMs: number;
  /** Nonces asked for; they limit the size of the answer. */
  count: number;
}

/** One exchange about a generate request. A failure is a value, not an exception. */
export async function exchangeGenerate<T>(
  { url, body, authorization, timeoutMs, count }: GenerateExchange,
  interpret: (answer: GenerateAnswer) => T,
): Promise<T | FaultReply> {
  const method = body === undefined ? 'GET' : 'POST';
  try {
    const answer = await requestJson({
      method,
      url,
      timeoutMs,
      mayTakeLong: true,
      ...(authorization !== undefined && { authorization }),
      maxBytes: maxAnswerBytes(count),
      ...(body && { body }),
    });
    return interpret(acceptAnswer<GenerateAnswer>(validateGenerate, answer, maskSecrets(`${method} ${url}`)));
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    const { outcome, message, advice, detail, status, retryAfterMs } = error;
    return { kind: 'fault', outcome, message, advice, detail, status, retryAfterMs };
  }
}
