import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleaned } from '../../src/clean.js';
import { canonicalGolden } from '../../src/golden/canonical.js';
import { listGolden } from '../../src/golden/catalog.js';
import { checkGolden } from '../../src/golden/load.js';
import type { GoldenFile } from '../../src/golden/reference.js';
import { scanArtifacts } from '../../src/golden/scan.js';
import { artifactFile } from '../support/artifact-file.js';

const vector = fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: 12, maxLength: 12 });
const file = fc
  .tuple(
    fc.uniqueArray(fc.nat({ max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 20 }),
    fc.array(vector, { minLength: 20, maxLength: 20 }),
    fc.record({
      notes: fc.string(),
      model: fc.string({ minLength: 1 }),
      source: fc.string({ unit: 'binary' }),
    }),
  )
  .map(([nonces, vectors, text]) =>
    artifactFile(
      nonces.map((nonce, i) => [nonce, vectors[i] as number[]]),
      text,
    ),
  );

/** How artifact files are written: by this project, and by json.dump with and without indent. */
const forms: Record<string, (file: GoldenFile) => string> = {
  canonical: canonicalGolden,
  compact: (value) => JSON.stringify(value),
  'json.dump': (value) => JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, ' '),
  'json.dump indent=2': (value) => JSON.stringify(value, null, 2),
  'json.dump indent=4, CRLF': (value) => JSON.stringify(value, null, 4).replaceAll('\n', '\r\n'),
  'artifacts in the middle': ({ artifacts, source, ...rest }) =>
    JSON.stringify({ ...rest, artifacts, source }),
};

/** What JSON.parse and the full check make of a text; null for a refusal. */
function byParsing(text: string) {
  try {
    const { file, nonces, vectors } = checkGolden(JSON.parse(text), 'x', '');
    return { file, nonces: [...nonces], vectors: [...(vectors.data as Float32Array)] };
  } catch {
    return null;
  }
}

/** What the scan makes of it; null where it leaves the text to JSON.parse. */
function byScanning(text: string, windowSize?: number) {
  const bytes = Buffer.from(text);
  let at = 0;
  const read = (target: Uint8Array) => {
    const copied = bytes.copy(target, 0, at);
    at += copied;
    return copied;
  };
  const scanned = scanArtifacts(read, bytes.length, windowSize);
  if (scanned === null) return null;
  const { artifacts: _, ...head } = cleaned(scanned.head);
  return { file: head, nonces: [...scanned.nonces], vectors: [...scanned.vectors] };
}

describe('scanning an artifact file', () => {
  it.each(Object.entries(forms))('reads the %s form as JSON.parse does', (_, write) => {
    fc.assert(
      fc.property(file, (value) => {
        const text = write(value);
        const scanned = byScanning(text);
        // Only a text that holds the scan's own marks may be left to JSON.parse.
        if (scanned === null)
          expect(JSON.stringify({ ...value, artifacts: 0 })).toMatch(/\\u00[67]|artifacts\\"|k_dim/);
        else expect(scanned).toEqual(byParsing(text));
      }),
    );
  });

  it('reads the same through any window that the head fits in', () => {
    fc.assert(
      fc.property(
        file,
        fc.constantFrom(...Object.values(forms)),
        fc.nat({ max: 300 }),
        (value, write, more) => {
          const text = write(value);
          const head = Buffer.byteLength(text.slice(0, text.indexOf('"artifacts"') + 20));
          const scanned = byScanning(text, head + more);
          if (scanned !== null) expect(scanned).toEqual(byScanning(text));
          else if (head + more > 700) expect(byScanning(text)).toBeNull();
        },
      ),
    );
  });

  it('reads every reference that comes along', async () => {
    for (const { path } of await listGolden()) {
      const text = await readFile(path, 'utf8');
      expect(byScanning(text)).toEqual(byParsing(text));
    }
  });

  it('never says anything else than JSON.parse about a damaged file', () => {
    const edit = fc.record({
      at: fc.nat(),
      cut: fc.nat({ max: 3 }),
      put: fc.oneof(
        fc.string({ maxLength: 2 }),
        fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '0', '9', '-', '.', 'e5', '=', '\n'),
      ),
    });
    fc.assert(
      fc.property(
        file,
        fc.constantFrom(...Object.values(forms)),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (value, write, edits) => {
          let text = write(value);
          for (const { at, cut, put } of edits) {
            const place = at % text.length;
            text = text.slice(0, place) + put + text.slice(place + cut);
          }
          // Half a surrogate pair does not survive in a file.
          text = Buffer.from(text).toString();
          const scanned = byScanning(text);
          if (scanned === null) return;
          // The scan checks neither the head's schema nor double nonces: who calls it does both.
          const parsed = byParsing(text);
          if (parsed === null) {
            const head = JSON.parse(text);
            const double = new Set(scanned.nonces).size < scanned.nonces.length;
            expect(
              double || byParsing(JSON.stringify({ ...head, artifacts: [head.artifacts[0]] })) === null,
            ).toBe(true);
          } else expect(scanned).toEqual(parsed);
        },
      ),
      { numRuns: 2000 },
    );
  });

  const good = JSON.stringify(
    artifactFile([
      [0, [1, ...new Array(11).fill(0)]],
      [1, new Array(12).fill(0.25)],
    ]),
  );
  it.each([
    ['a list nested elsewhere', good.replace('"artifacts"', '"x":{"artifacts"').replace(/}$/, '}}')],
    ['a second list', good.replace(/}$/, ',"artifacts":[]}')],
    ['a second list, its name escaped', good.replace(/}$/, ',"\\u0061rtifacts":[]}')],
    ['a name that only ends like it', good.replace('"artifacts"', '"x\\"artifacts"')],
    ['a nonce with a leading zero', good.replace('"nonce":1', '"nonce":01')],
    ['a negative nonce', good.replace('"nonce":1', '"nonce":-1')],
    ['a nonce beyond 2^53', good.replace('"nonce":1', '"nonce":9007199254740993')],
    ['a nonce with a fraction', good.replace('"nonce":1', '"nonce":1.5')],
    ['another key in a row', good.replace('"nonce":1,', '"nonce":1,"x":2,')],
    ['a vector that is too short', good.replace(/AAAA"/, '"')],
    ['a cut-off file', good.slice(0, -40)],
    ['no vectors', JSON.stringify(artifactFile([]))],
    ['an infinity', JSON.stringify(artifactFile([[0, [Infinity, ...new Array(11).fill(0)]]]))],
    ['an empty file', ''],
  ])('leaves %s to JSON.parse', (_, text) => {
    expect(text).not.toBe(good);
    expect(byScanning(text)).toBeNull();
  });
});
