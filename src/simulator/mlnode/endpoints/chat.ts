import { setTimeout as sleep } from 'node:timers/promises';
import validateChatRequest from '../../../schemas/generated/simulated-chat-request.js';
import { ApiError } from '../api-error.js';
import { answerOf, type ChatMessage, type ChatRequest, promptTokens } from '../chat.js';
import { LONG_PROMPT_TOKENS } from '../image-faults.js';
import type { MlNode } from '../node.js';
import type { Answer, Endpoint } from './endpoint.js';

/** The OpenAI protocol, which a node passes on to its replicas. */
export const chatEndpoints: Endpoint[] = [
  { method: 'GET', path: '/v1/models', root: true, run: models },
  {
    method: 'POST',
    path: '/v1/chat/completions',
    root: true,
    body: validateChatRequest,
    run: (node, { body }) => chat(node, body as ChatRequest),
  },
];

function models(node: MlNode): Answer {
  node.requireBackends();
  const { running } = node.inference;
  const data = [{ id: running?.model, object: 'model', max_model_len: maxModelLen(node) }];
  return { body: { object: 'list', data } };
}

async function chat(node: MlNode, request: ChatRequest): Promise<Answer> {
  requireChats(node);
  const { running } = node.inference;
  if (request.model !== running?.model) {
    throw new ApiError(404, `The model \`${request.model}\` does not exist.`);
  }
  const tokens = promptTokens(request);
  const longest = maxModelLen(node);
  if (tokens + (request.max_tokens ?? 1) > longest) {
    throw new ApiError(400, `This model's maximum context length is ${longest} tokens.`);
  }
  if (node.pocs > 0 && tokens > LONG_PROMPT_TOKENS && node.has('hangs-on-long-prompts')) {
    await new Promise(() => {});
  }
  const parses = { args: running.args, parsers: !node.has('no-parsers') };
  const salt = node.has('changes-answers') ? String(node.pocs) : '';
  const answer = answerOf(request, salt, parses);
  if (request.stream === true) return { body: null, events: eventsOf(node, answer) };
  await sleep(node.settings.tokenTimeMs * (answer.message.content ?? '').split(' ').length);
  requireChats(node);
  const choice = { index: 0, message: answer.message, finish_reason: answer.finish_reason };
  return {
    body: {
      object: 'chat.completion',
      model: request.model,
      choices: [choice],
      usage: { prompt_tokens: tokens },
    },
  };
}

/** A running PoC uses the engine alone. */
function requireChats(node: MlNode): void {
  const backends = node.requireBackends();
  if (backends.some((replica) => replica.generating)) throw new ApiError(503, 'PoC is in progress');
  if (node.pocs > 0 && node.has('breaks-chats')) throw new ApiError(500, 'EngineCore encountered an issue');
}

async function* eventsOf(
  node: MlNode,
  { message, finish_reason }: { message: ChatMessage; finish_reason: string },
): AsyncGenerator<string> {
  const event = (delta: object, reason: string | null) =>
    JSON.stringify({
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: reason }],
    });
  const { content, ...rest } = message;
  yield event(rest, null);
  for (const word of (content ?? '').split(/(?<= )/)) {
    await sleep(node.settings.tokenTimeMs);
    if (node.backends().some((replica) => replica.generating)) {
      yield JSON.stringify({ error: { message: 'aborted by PoC', code: 503 } });
      return;
    }
    yield event({ content: word }, null);
  }
  yield event({}, finish_reason);
  yield '[DONE]';
}

function maxModelLen(node: MlNode): number {
  const args = node.inference.running?.args ?? [];
  const at = args.indexOf('--max-model-len');
  return at < 0 ? node.settings.maxModelLen : Number(args[at + 1]);
}
