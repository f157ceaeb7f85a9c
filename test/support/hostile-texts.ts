/** Texts as no honest node, chain, queue or file has them: each drives a terminal, a reader's eye or a CI system. */
export const HOSTILE_TEXTS = [
  '\u001b[2J\u001b[31mFAIL',
  '\u001b]0;title\u0007',
  '\u001b]8;;http://evil.example\u001b\\link',
  '\u009b2J',
  '\u0090q\u009c',
  'one\r\ntwo',
  '\r::error::three',
  '\n##[error]four',
  '\u2028::warning::five',
  '\u0085::set-output name=x::six',
  '::error file=a.ts::seven',
  '  ::add-mask::eight',
  '\u00a0::stop-commands::nine',
  'x ##[add-mask]ten',
  'x ##vso[task.setvariable variable=a]eleven',
  '##teamcity[buildProblem]',
  '###[group]twelve',
  'abc\u202egnp.exe',
  '\u2066isolated\u2069',
  '\u200f\u061c',
  '\u0000\u0007\u0008\u007f',
  '\ufeff::error::bom',
  '\u{e0041}\u{e007f}',
] as const;

/** One line without controls of a terminal or the writing direction, and without commands to a CI system. */
export const SAFE_LINE =
  /^(?!\s*::)(?!.*##[a-z-]*\[)[^\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]*$/iu;
