/** Faults of a node image other than wrong vectors, each with its description. */
export const IMAGE_FAULTS = {
  'memory-grows': 'each PoC leaves 1.5 % more of the GPU memory in use',
  'replica-lost': 'the last replica does not come back after a PoC',
  'slows-down': 'each PoC generates a fifth slower than the one before',
  'starts-late': 'a PoC computes nothing in its first second',
  'breaks-chats': 'chats fail after a PoC',
  'changes-answers': 'a fixed prompt has another answer after a PoC',
  'hangs-on-long-prompts': 'prompts of more than 4,000 tokens never end after a PoC',
  'no-parsers': 'tool calls and reasoning are left in the text of an answer',
  'forgets-itself': 'other vectors after the model was stopped and started',
  'takes-anything': 'malformed PoC requests are answered as if they were good',
} as const;

export type ImageFault = keyof typeof IMAGE_FAULTS;

/** Share of the memory that each PoC leaves in use, for `memory-grows`. */
export const GROWTH = 0.015;
/** Factor by which each further PoC takes longer, for `slows-down`. */
export const SLOWDOWN = 1.25;
/** Time without computing at the start of a PoC, in milliseconds, for `starts-late`. */
export const LATE_MS = 1_000;
/** A prompt of more tokens than this counts as long. */
export const LONG_PROMPT_TOKENS = 4_000;
