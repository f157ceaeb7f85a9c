const CHINESE = /[\u3400-\u9fff]/;
/** Signs of two columns: a blank beside one is seen as two. */
const WIDE = /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/;
const WORD = /[A-Za-z0-9]/;

/**
 * A Chinese template with its values. One blank stands between Chinese and a word or a number, and none between
 * two Chinese signs. Whether a value is Chinese is known only here, so the template cannot have it right.
 */
export function filledWith(template: string, shownOf: (number: number) => string): string {
  return template
    .split(/\{(\d+)\}/)
    .map((part, at) => (at % 2 === 1 ? shownOf(Number(part)) : part))
    .reduce(joined);
}

function joined(left: string, right: string): string {
  const [before, after] = [left.trimEnd(), right.trimStart()];
  const [last, first] = [before.slice(-1), after.slice(0, 1)];
  const blanks = left.length - before.length + right.length - after.length;
  if (blanks === 1 && WIDE.test(last) && WIDE.test(first)) return before + after;
  const isBeside = (CHINESE.test(last) && WORD.test(first)) || (WORD.test(last) && CHINESE.test(first));
  return blanks === 0 && isBeside ? `${left} ${right}` : left + right;
}
