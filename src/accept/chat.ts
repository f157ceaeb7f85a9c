import { performance } from 'node:perf_hooks';
import { AssayError } from '../errors.js';
import { HttpFault } from '../http/fault.js';
import { parseJson } from '../http/json.js';
import { maskSecrets } from '../http/mask.js';
import { requestJson } from '../http/request.js';
import { accept } from '../schemas/accept.js';
import validateChat from '../schemas/generated/openai-chat.js';
import validateModels from '../schemas/generated/openai-models.js';
import type { Tester } from './check.js';

const MAX_BYTES = 8 << 20;

export interface ChatRequest {
  prompt: string;
  maxTokens: number;
  /** Receive the answer as events while it is generated. */
  stream?: boolean;
  tools?: object[];
}

/** The outcome of a chat. */
export type ChatOutcome =
  | {
      kind: 'finished';
      seconds: number;
      text: string;
      reasoning: string | null;
      toolCalls: { name: string; arguments: string }[];
      finishReason: string | null;
      /** Counted by the engine; null: it does not report them. */
      promptTokens: number | null;
    }
  /** An error, or a stream that was cut; `status` is null without an HTTP answer. */
  | { kind: 'refused'; seconds: number; status: number | null; text: string }
  /** The chat did not end within the limit. */
  | { kind: 'hung'; seconds: number };

interface Message {
  content?: string | null;
  reasoning_content?: string | null;
  reasoning?: string | null;
  tool_calls?: { function?: { name?: string | null; arguments?: string | null } | null }[] | null;
}

interface Answer {
  choices: { message?: Message | null; delta?: Message | null; finish_reason?: string | null }[];
  usage?: { prompt_tokens?: number | null } | null;
}

/**
 * Longest prompt with its answer, in tokens, as the endpoint reports it; null: it does not.
 *
 * @throws AssayError when there is no OpenAI endpoint, or it does not serve the model
 */
export async function requireChats({ inputs, patience, signal }: Tester): Promise<number | null> {
  const url = `${inputs.inferenceUrl}/v1/models`;
  try {
    const { body } = await requestJson({
      method: 'GET',
      url,
      timeoutMs: patience * 20_000,
      maxBytes: MAX_BYTES,
      signal,
    });
    type Models = { data: { id: string; max_model_len?: number | null }[] };
    const { data } = accept<Models>(validateModels, body, maskSecrets(`GET ${url}`));
    const own = data.find(({ id }) => id === inputs.model);
    if (own !== undefined) return own.max_model_len ?? null;
    throw new AssayError(`${maskSecrets(inputs.inferenceUrl)} does not serve ${inputs.model}`, {
      advice: 'give the --inference-url of the tested node',
    });
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    throw error.withAdvice(
      'give the --inference-url where the node takes chats, or skip the check with --skip',
    );
  }
}

/** One chat at temperature 0; every outcome is returned as a value. */
export async function chat(tester: Tester, asked: ChatRequest): Promise<ChatOutcome> {
  const { inputs, signal } = tester;
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  const url = `${inputs.inferenceUrl}/v1/chat/completions`;
  const body = {
    model: inputs.model,
    messages: [{ role: 'user', content: asked.prompt }],
    max_tokens: asked.maxTokens,
    temperature: 0,
    ...(asked.tools && { tools: asked.tools, tool_choice: 'auto' }),
  };
  const timeoutMs = 1000 * inputs.chatSeconds;
  try {
    if (asked.stream === true)
      return { ...(await streamed(url, body, timeoutMs, signal)), seconds: seconds() };
    const answer = await requestJson({
      ...{ method: 'POST', url, body, timeoutMs, maxBytes: MAX_BYTES, signal },
      mayTakeLong: true,
    });
    const whole = accept<Answer>(validateChat, answer.body, maskSecrets(`POST ${url}`));
    return { kind: 'finished', seconds: seconds(), ...joined([whole]) };
  } catch (error) {
    if (!(error instanceof AssayError) || signal.aborted) throw error;
    if (error instanceof HttpFault && error.outcome === 'timed_out')
      return { kind: 'hung', seconds: seconds() };
    const status = error instanceof HttpFault ? (error.status ?? null) : null;
    const text = error instanceof HttpFault && error.detail !== '' ? error.detail : error.message;
    return { kind: 'refused', seconds: seconds(), status, text };
  }
}

type Finished = Omit<Extract<ChatOutcome, { kind: 'finished' }>, 'kind' | 'seconds'>;

async function streamed(
  url: string,
  body: object,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ChatOutcome> {
  const answer = await requestJson({
    method: 'POST',
    url,
    body: { ...body, stream: true },
    timeoutMs,
    mayTakeLong: true,
    maxBytes: MAX_BYTES,
    signal,
    // Events, and not one JSON document.
    parse: (text) => text,
  });
  return ofEvents(String(answer.body), maskSecrets(`POST ${url}`));
}

function refused(status: number | null, text: string): ChatOutcome {
  return { kind: 'refused', seconds: 0, status, text };
}

/** A stream is complete with its last event; a stream without it was cut. */
function ofEvents(text: string, where: string): ChatOutcome {
  const events = text.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : []));
  const parts: Answer[] = [];
  for (const event of events) {
    if (event === '[DONE]') return { kind: 'finished', seconds: 0, ...joined(parts) };
    const value = parseJson(event, where);
    if (typeof value === 'object' && value !== null && 'error' in value)
      return refused(200, 'the stream ended with an error');
    parts.push(accept<Answer>(validateChat, value, where));
  }
  return refused(200, 'the stream broke off');
}

function joined(parts: Answer[]): Finished {
  const choices = parts.flatMap(({ choices: [first] }) => first ?? []);
  const messages = choices.flatMap(({ message, delta }) => message ?? delta ?? []);
  const text = (pick: (message: Message) => string | null | undefined) =>
    messages.map((message) => pick(message) ?? '').join('');
  const reasoning = text(({ reasoning_content, reasoning: other }) => reasoning_content ?? other);
  return {
    text: text(({ content }) => content),
    reasoning: reasoning === '' ? null : reasoning,
    toolCalls: messages
      .flatMap(({ tool_calls }) => tool_calls ?? [])
      .map((call) => ({ name: call.function?.name ?? '', arguments: call.function?.arguments ?? '' })),
    finishReason: choices.findLast(({ finish_reason }) => finish_reason != null)?.finish_reason ?? null,
    promptTokens: parts.findLast(({ usage }) => usage != null)?.usage?.prompt_tokens ?? null,
  };
}

/** The outcome of a chat, in words. */
export function chatText(outcome: ChatOutcome): string {
  switch (outcome.kind) {
    case 'finished':
      return `finished after ${outcome.seconds.toFixed(1)} s`;
    case 'refused':
      return `refused (${outcome.status ?? 'no answer'}: ${outcome.text})`;
    case 'hung':
      return `no end within ${outcome.seconds.toFixed(0)} s`;
  }
}
