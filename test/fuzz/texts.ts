import fc from 'fast-check';

/** What a hostile writer puts in the place of something else. */
const EVIL = [
  '1e400',
  '-1e400',
  '-1',
  '1.5',
  '-0',
  '9007199254740993',
  '1e21',
  'NaN',
  '"1"',
  '""',
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"<script>alert(1)</script>"',
  '"../../x"',
  '"\\u0000\\ud800"',
  '"2026-99-99"',
  '{}',
  '[]',
  '[[]]',
  '{"__proto__":{"poisoned":true}}',
  'null',
  'true',
];

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/g;

type Change = [kind: 'as before' | 'other' | 'drop' | 'double' | 'swap', at: number, text: string];

/** Texts that are nearly a real one: some values replaced, tokens left out, doubled or swapped, or the end cut off. */
function mutated(sample: string): fc.Arbitrary<string> {
  const tokens = sample.match(TOKEN) ?? [];
  const values = tokens.flatMap((token, at) =>
    /^[{}[\],:]$/.test(token) || tokens[at + 1] === ':' ? [] : [at],
  );
  const value = fc.constantFrom(...values);
  const anywhere = fc.nat({ max: tokens.length - 1 });
  const evil = fc.oneof(fc.constantFrom(...EVIL), fc.json({ maxDepth: 3 }));
  const none = fc.constant('');
  const change: fc.Arbitrary<Change> = fc.oneof(
    // Of the same type: what a schema lets pass more often than not.
    {
      arbitrary: value.chain((at) =>
        fc.tuple(fc.constant('as before' as const), fc.constant(at), likeOf(tokens[at] as string)),
      ),
      weight: 12,
    },
    { arbitrary: fc.tuple(fc.constant('other' as const), value, evil), weight: 3 },
    {
      arbitrary: fc.tuple(
        fc.constantFrom('drop' as const, 'double' as const, 'swap' as const),
        anywhere,
        none,
      ),
      weight: 1,
    },
  );
  const cut = fc.oneof(
    { arbitrary: fc.constant(tokens.length), weight: 19 },
    { arbitrary: anywhere, weight: 1 },
  );
  return fc.tuple(fc.array(change, { minLength: 1, maxLength: 4 }), cut).map(([changes, end]) => {
    const out = [...tokens];
    for (const [kind, at, text] of changes) {
      const old = out[at] ?? '';
      if (kind === 'as before' || kind === 'other') out[at] = text;
      else if (kind === 'drop') out[at] = '';
      else if (kind === 'double') out[at] = `${old},${old}`;
      else [out[at], out[at + 2]] = [out[at + 2] ?? '', old];
    }
    return out.slice(0, end).join('');
  });
}

/** Another text of a token's type. */
function likeOf(token: string): fc.Arbitrary<string> {
  if (token.startsWith('"')) {
    const texts = EVIL.filter((text) => text.startsWith('"'));
    const own = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => JSON.stringify(text));
    return fc.oneof(fc.constantFrom(...texts), own);
  }
  if (token === 'true' || token === 'false') return fc.constantFrom('true', 'false');
  if (token === 'null') return fc.constantFrom('null', '1', '"x"', '[]', '{}');
  const numbers = EVIL.filter((text) => /^-?\d/.test(text));
  const own = fc.oneof(
    fc.nat(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1 }),
  );
  return fc.oneof(
    { arbitrary: own.map(String), weight: 3 },
    { arbitrary: fc.constantFrom(...numbers), weight: 1 },
  );
}

/** Anything that may stand where such a text is expected. */
export function textsLike(samples: string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: fc.oneof(...samples.map(mutated)), weight: 8 },
    { arbitrary: fc.json(), weight: 1 },
    { arbitrary: fc.string({ unit: 'binary' }), weight: 1 },
    {
      arbitrary: fc.constantFrom('['.repeat(20_000), `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`),
      weight: 1,
    },
  );
}
