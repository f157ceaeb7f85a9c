import { type ChatOutcome, chat, chatText, requireChats } from '../chat.js';
import { defineCheck, type Tester } from '../check.js';
import { generate, requireRotation, usedMemoryMb } from '../generation.js';
import type { ImageFinding } from '../model.js';
import { FIXED_PROMPT, LONG_TALK } from '../prompts.js';
import { type CycleFacts, figuresOfCycles, judgeCycles, runCycle } from './cycle.js';

const FIXED_TOKENS = 64;
const LONG_TOKENS = 512;

interface Facts extends CycleFacts {
  before: ChatOutcome;
  /** The fixed prompt again without a PoC in between: some engines vary by themselves. */
  beforeAgain: ChatOutcome;
  talks: {
    /** Begun before the PoC. */
    inFlight: ChatOutcome;
    /** Sent in the PoC. */
    during: ChatOutcome;
    after: ChatOutcome;
    afterStreamed: ChatOutcome;
  }[];
}

export const cycleWithChatsCheck = defineCheck<Facts>({
  name: 'cycle-with-chats',
  title: 'PoC and chats do not break each other',
  why: 'A node serves users between two PoCs. It loses them if chats hang or change after a PoC.',
  limitSeconds: ({ cycles, measureSeconds, warmupSeconds, chatSeconds }) =>
    cycles * (measureSeconds + 2 * warmupSeconds + 180 + 3 * chatSeconds) + 2 * chatSeconds,
  async gather(tester) {
    await requireChats(tester);
    const ports = await requireRotation(tester);
    const fixed = { prompt: FIXED_PROMPT, maxTokens: FIXED_TOKENS };
    const before = await chat(tester, fixed);
    const beforeAgain = await chat(tester, fixed);
    await generate(tester, tester.inputs.warmupSeconds);
    const memoryMb = await usedMemoryMb(tester);
    const facts: Facts = { ports, memoryMb, cycles: [], before, beforeAgain, talks: [] };
    for (let cycle = 0; cycle < tester.inputs.cycles; cycle++) {
      const { talk, cycle: seen } = await talkInCycle(tester, ports);
      facts.cycles.push(seen);
      facts.talks.push({
        ...talk,
        after: await chat(tester, fixed),
        afterStreamed: await chat(tester, { ...fixed, stream: true }),
      });
    }
    return facts;
  },
  judge(facts) {
    return [...judgeTalks(facts), ...judgeCycles(facts)];
  },
  figures: figuresOfCycles,
});

async function talkInCycle(tester: Tester, ports: number[]) {
  const long = { prompt: LONG_TALK, maxTokens: LONG_TOKENS, stream: true };
  const inFlight = chat(tester, long);
  let during: Promise<ChatOutcome> | undefined;
  const cycle = await runCycle(tester, ports, async () => {
    during = chat(tester, long);
    // It may wait for the end of the PoC, so it is awaited after the PoC.
    during.catch(() => {});
  });
  const talk = { inFlight: await inFlight, during: (await during) as ChatOutcome };
  return { talk, cycle };
}

function judgeTalks({ before, beforeAgain, talks }: Facts): ImageFinding[] {
  const node = (isRight: boolean, evidence: string, advice: string): ImageFinding => ({
    replica: null,
    outcome: isRight ? 'pass' : 'fail',
    evidence,
    ...(!isRight && { advice }),
  });
  if (before.kind !== 'finished')
    return [node(false, `before any PoC a chat was ${chatText(before)}`, "look into the node's log")];
  const at = (index: number) => (talks.length === 1 ? '' : ` in cycle ${index + 1}`);
  const inPoc = talks.flatMap(({ inFlight, during }, index) =>
    [inFlight, during].flatMap((one) => (one.kind === 'hung' ? [`${chatText(one)}${at(index)}`] : [])),
  );
  const broken = talks.flatMap(({ after, afterStreamed }, index) =>
    [after, afterStreamed].flatMap((one) =>
      one.kind === 'finished' ? [] : [`${chatText(one)}${at(index)}`],
    ),
  );
  const last = talks.at(-1);
  return [
    node(
      inPoc.length === 0,
      inPoc.length === 0
        ? `chats during a PoC are refused or finish: started before it ${last === undefined ? '' : chatText(last.inFlight)}, sent in it ${last === undefined ? '' : chatText(last.during)}`
        : `chats during a PoC: ${inPoc.join('; ')}`,
      'a chat that a PoC stops has to end with an error',
    ),
    node(
      broken.length === 0,
      broken.length === 0 ? 'chats are served after each PoC' : `chats after a PoC: ${broken.join('; ')}`,
      "look into the node's log: the engine does not come back to chats",
    ),
    ...(broken.length > 0 ? [] : [judgeAnswers(before, beforeAgain, talks)]),
  ];
}

function judgeAnswers(before: ChatOutcome, again: ChatOutcome, talks: Facts['talks']): ImageFinding {
  const textOf = (outcome: ChatOutcome) => (outcome.kind === 'finished' ? outcome.text : null);
  const first = textOf(before);
  if (textOf(again) !== first) {
    return {
      replica: null,
      outcome: 'unknown',
      evidence:
        'a fixed prompt at temperature 0 has two different answers before any PoC, so a change after a PoC means nothing',
    };
  }
  const changed = talks.flatMap(({ after }, index) => (textOf(after) === first ? [] : [index + 1]));
  return {
    replica: null,
    outcome: changed.length === 0 ? 'pass' : 'fail',
    evidence:
      changed.length === 0
        ? 'a fixed prompt at temperature 0 has the same answer before and after'
        : `a fixed prompt at temperature 0 has another answer after cycle ${changed.join(', ')}`,
    ...(changed.length > 0 && {
      advice: 'look for state that a PoC leaves in the engine: a cache, weights, a seed',
    }),
  };
}
