import { createHash } from 'node:crypto';

/** The fields of a chat request that a simulated engine reads. */
export interface ChatRequest {
  model: string;
  messages: { role: string; content: string }[];
  max_tokens?: number;
  stream?: boolean;
  tools?: { function: { name: string; parameters?: { required?: string[] } } }[];
}

export interface ChatMessage {
  role: 'assistant';
  content: string | null;
  reasoning_content?: string;
  tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
}

const WORDS = 'the node computes a vector for each nonce and a batch holds many of them'.split(' ');
const CHARACTERS_PER_TOKEN = 4;

/** Rough number of tokens that a tokenizer would make of the prompt. */
export function promptTokens({ messages }: ChatRequest): number {
  return messages.reduce((sum, { content }) => sum + Math.ceil(content.length / CHARACTERS_PER_TOKEN), 0);
}

/**
 * The answer to a chat: it depends only on the prompt, as at temperature 0.
 *
 * @param salt another salt gives another answer
 * @param how.args of the running model: they may name a parser, which then works
 * @param how.parsers false: the parsers do nothing
 */
export function answerOf(
  request: ChatRequest,
  salt: string,
  { args, parsers }: { args: readonly string[]; parsers: boolean },
): { message: ChatMessage; finish_reason: string } {
  const prompt = request.messages.map(({ content }) => content).join('\n');
  const tool = request.tools?.[0]?.function;
  const parser = args[args.indexOf('--reasoning-parser') + 1] ?? '';
  const thinks = args.includes('--reasoning-parser');
  const thought = 'Let me think about it.';
  const isKept = parser.endsWith('_append_think') || !parsers;
  const reasoning = thinks && !isKept ? { reasoning_content: thought } : {};
  const open = thinks && isKept ? `<think>${thought}</think>` : '';
  if (tool !== undefined && args.includes('--tool-call-parser')) {
    const place = /\bin ([A-Z]\w+)/.exec(prompt)?.[1] ?? 'Paris';
    const required = tool.parameters?.required ?? [];
    const given = JSON.stringify(Object.fromEntries(required.map((name) => [name, place])));
    if (!parsers) {
      const tag = parser.startsWith('minimax') ? 'minimax:tool_call' : 'tool_call';
      const text = `${open}<${tag}>{"name":"${tool.name}","arguments":${given}}</${tag}>`;
      return { message: { role: 'assistant', content: text }, finish_reason: 'stop' };
    }
    const call = { id: 'call_0', type: 'function' as const, function: { name: tool.name, arguments: given } };
    return {
      message: { role: 'assistant', content: null, ...reasoning, tool_calls: [call] },
      finish_reason: 'tool_calls',
    };
  }
  const digest = createHash('sha256').update(`${request.model} ${salt} ${prompt}`).digest();
  const count = Math.min(request.max_tokens ?? 16, digest.length);
  const words = [...digest.subarray(0, count)].map((byte) => WORDS[byte % WORDS.length]);
  const content = `${open}${words.join(' ')}`;
  return { message: { role: 'assistant', content, ...reasoning }, finish_reason: 'stop' };
}
