import { AssayError } from '../../errors.js';
import { type ChatOutcome, chat, chatText, requireChats } from '../chat.js';
import { type AcceptInputs, defineCheck } from '../check.js';
import type { ImageFinding } from '../model.js';
import { QUESTION, TOOL, TOOL_NAME, TOOL_PROMPT } from '../prompts.js';

const MAX_TOKENS = 2_048;
/** What remains in a text if a parser does not work: the models' own tags, with or without a name before them. */
const LEFT_IN_TEXT =
  /<\/?(?:[\w-]+:|[|｜]\w+[|｜])?(?:think|tool_calls?|function(?:_calls)?|invoke)\b|[<‹][|｜](?:tool|DSML)/i;
/** A parser that leaves the thoughts in the text on purpose, for clients that send them back. */
const KEEPS_THOUGHTS = /_append_think$/;
const NOT_TESTED =
  'give the node these arguments: run the check start as well, or start the node with them by hand';

interface Facts {
  /** null: no parser is configured, so none was tested. */
  tool: ChatOutcome | null;
  reasoning: ChatOutcome | null;
  keepsThoughts: boolean;
}

export const toolsCheck = defineCheck<Facts>({
  name: 'tools',
  title: 'Tool calls and reasoning are parsed',
  why: 'Clients read tool_calls and reasoning_content. A wrong parser breaks every agent.',
  limitSeconds: ({ chatSeconds }) => 2 * chatSeconds + 60,
  lacks(inputs) {
    if (inputs.startArgs === null)
      return 'it is not known which parsers the node was started with: add --node-config FILE, or --deploy-args-from-reference';
    return hasParser(inputs, 'tool-call') || hasParser(inputs, 'reasoning')
      ? null
      : 'the arguments name neither --tool-call-parser nor --reasoning-parser';
  },
  async gather(tester) {
    await requireChats(tester);
    const { inputs } = tester;
    const facts = {
      tool: hasParser(inputs, 'tool-call')
        ? await chat(tester, { prompt: TOOL_PROMPT, maxTokens: MAX_TOKENS, tools: [TOOL] })
        : null,
      reasoning: hasParser(inputs, 'reasoning')
        ? await chat(tester, { prompt: QUESTION, maxTokens: MAX_TOKENS })
        : null,
      keepsThoughts: KEEPS_THOUGHTS.test(parserOf(inputs, 'reasoning') ?? ''),
    };
    if (facts.tool === null && facts.reasoning === null) throw new AssayError('no parser is configured');
    return facts;
  },
  judge: ({ tool, reasoning, keepsThoughts }) => [
    ...(tool === null ? [] : [judgeTool(tool)]),
    ...(reasoning === null ? [] : [judgeReasoning(reasoning, keepsThoughts)]),
  ],
});

type ParserKind = 'tool-call' | 'reasoning';

function hasParser(inputs: AcceptInputs, kind: ParserKind): boolean {
  return parserOf(inputs, kind) !== null;
}

/** The name of the parser in the arguments; null where they name none. */
function parserOf({ startArgs }: AcceptInputs, kind: ParserKind): string | null {
  const args = startArgs ?? [];
  const at = args.findLastIndex((arg) => arg.replaceAll('_', '-').split('=')[0] === `--${kind}-parser`);
  if (at < 0) return null;
  return args[at]?.split('=')[1] ?? args[at + 1] ?? '';
}

function judgeTool(outcome: ChatOutcome): ImageFinding {
  const fail = (evidence: string): ImageFinding => ({
    replica: null,
    outcome: 'fail',
    evidence,
    advice: 'check --tool-call-parser and --enable-auto-tool-choice against the model',
  });
  if (outcome.kind !== 'finished') return fail(`a tool call was ${chatText(outcome)}`);
  const [call] = outcome.toolCalls;
  if (call === undefined) {
    return LEFT_IN_TEXT.test(outcome.text)
      ? fail('the tool call was left in the text')
      : {
          replica: null,
          outcome: 'unknown',
          evidence: 'the model answered without a tool call, so its parser was not tested',
          advice: NOT_TESTED,
        };
  }
  const given = jsonOrNull(outcome.toolCalls.map((one) => one.arguments).join(''));
  const city = typeof given === 'object' && given !== null ? (given as { city?: unknown }).city : undefined;
  if (call.name !== TOOL_NAME || typeof city !== 'string')
    return fail(`the tool call is not the offered one: ${call.name} ${call.arguments.slice(0, 80)}`);
  return {
    replica: null,
    outcome: 'pass',
    evidence: `a tool call was parsed: ${TOOL_NAME}, city ${city.slice(0, 40)}`,
  };
}

function judgeReasoning(outcome: ChatOutcome, keepsThoughts: boolean): ImageFinding {
  const fail = (evidence: string): ImageFinding => ({
    replica: null,
    outcome: 'fail',
    evidence,
    advice: 'check --reasoning-parser against the model',
  });
  if (outcome.kind !== 'finished') return fail(`a question was ${chatText(outcome)}`);
  if (LEFT_IN_TEXT.test(outcome.text))
    return keepsThoughts
      ? {
          replica: null,
          outcome: 'pass',
          evidence: 'the reasoning is in the text, where this parser keeps it',
        }
      : fail('the reasoning was left in the text');
  if (outcome.reasoning !== null)
    return { replica: null, outcome: 'pass', evidence: 'reasoning and answer are separate' };
  return {
    replica: null,
    outcome: 'unknown',
    evidence: 'the model answered without reasoning, so its parser was not tested',
    advice: NOT_TESTED,
  };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
