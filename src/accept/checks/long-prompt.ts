import { type ChatOutcome, chat, chatText, requireChats } from '../chat.js';
import { defineCheck } from '../check.js';
import { generate, requireRotation } from '../generation.js';
import type { ImageFinding } from '../model.js';

const SIZES = [1_000, 8_000, 32_000];
/** Tokens for the answer, and for the template around a prompt. */
const ROOM = 256;
const MAX_TOKENS = 16;
const WORD = 'one ';

interface Facts {
  maxModelLen: number | null;
  prompts: { tokens: number; outcome: ChatOutcome }[];
}

export const longPromptCheck = defineCheck<Facts>({
  name: 'long-prompt',
  title: 'Long prompts are answered after a PoC',
  why: 'A PoC uses the engine in another way than chats. What it leaves behind shows first in long prompts.',
  limitSeconds: ({ chatSeconds, warmupSeconds }) => (SIZES.length + 1) * chatSeconds + warmupSeconds + 240,
  async gather(tester) {
    const maxModelLen = await requireChats(tester);
    await requireRotation(tester);
    await generate(tester, tester.inputs.warmupSeconds);
    const prompts: Facts['prompts'] = [];
    // Known exactly after the engine has counted the first prompt.
    let tokensPerWord = 1;
    for (const tokens of sizesOf(maxModelLen)) {
      const prompt = WORD.repeat(Math.floor(tokens / tokensPerWord));
      const outcome = await chat(tester, { prompt, maxTokens: MAX_TOKENS });
      prompts.push({ tokens, outcome });
      if (outcome.kind === 'hung') break;
      if (outcome.kind === 'finished' && outcome.promptTokens !== null)
        tokensPerWord = outcome.promptTokens / Math.floor(prompt.length / WORD.length);
    }
    return { maxModelLen, prompts };
  },
  judge({ maxModelLen, prompts }) {
    return [
      ...prompts.map(({ tokens, outcome }): ImageFinding => {
        const isAnswered = outcome.kind === 'finished';
        return {
          replica: null,
          outcome: isAnswered ? 'pass' : 'fail',
          evidence: `${tokens} tokens: ${chatText(outcome)}`,
          ...(!isAnswered && {
            advice: "look into the node's log for an engine that hangs or ran out of memory",
          }),
        };
      }),
      ...(maxModelLen === null
        ? [
            {
              replica: null,
              outcome: 'unknown' as const,
              evidence:
                "the endpoint does not report the model's longest prompt, so no prompt of that length was tried",
            },
          ]
        : []),
    ];
  },
});

/** Prompts to try, up to the longest that the model accepts. */
export function sizesOf(maxModelLen: number | null): number[] {
  if (maxModelLen === null) return SIZES;
  const longest = maxModelLen - ROOM;
  return [...SIZES.filter((size) => size < longest), longest];
}
