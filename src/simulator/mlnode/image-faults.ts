/** What can be wrong with a node image beside its vectors, each with what it is like. */
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

/** How much of the memory a PoC leaves in use, of an image whose memory grows. */
export const GROWTH = 0.015;
/** How much longer each further PoC takes, of an image that slows down. */
export const SLOWDOWN = 1.25;
/** How long an image that starts late computes nothing. */
export const LATE_MS = 1_000;
/** From so many tokens on a prompt is long. */
export const LONG_PROMPT_TOKENS = 4_000;
