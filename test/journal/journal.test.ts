import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssayError } from '../../src/errors.js';
import { openJournal, readJournal } from '../../src/journal/journal.js';

const freshPath = () => join(mkdtempSync(join(tmpdir(), 'journal-')), 'deep', 'journal.jsonl');

describe('journal', () => {
  it('keeps what was appended, in the order of the calls', async () => {
    const path = freshPath();
    const journal = await openJournal<{ step: number }>(path);
    await Promise.all([1, 2, 3].map((step) => journal.append({ step })));
    expect(journal.entries).toEqual([{ step: 1 }, { step: 2 }, { step: 3 }]);
    await journal.close();
    expect(readFileSync(path, 'utf8')).toBe('{"step":1}\n{"step":2}\n{"step":3}\n');

    const again = await openJournal(path);
    expect(again.entries).toEqual([{ step: 1 }, { step: 2 }, { step: 3 }]);
    await again.append({ step: 4 });
    await again.close();
    expect(await readJournal(path)).toHaveLength(4);
  });

  it('forgets a torn last line, wherever it was torn, and goes on after it', async () => {
    const entries = [{ act: 'ä', n: 1 }, { act: 'b' }];
    const whole = Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (length) => {
        const path = freshPath();
        await (await openJournal(path)).close();
        writeFileSync(path, whole.subarray(0, length));
        const kept = whole.subarray(0, length).toString('latin1').split('\n').length - 1;
        expect(await readJournal(path)).toEqual(entries.slice(0, kept));
        const journal = await openJournal(path);
        await journal.append({ act: 'next' });
        await journal.close();
        expect(await readJournal(path)).toEqual([...entries.slice(0, kept), { act: 'next' }]);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a whole line that is no entry, naming it', async () => {
    const path = freshPath();
    await (await openJournal(path)).close();
    appendFileSync(path, '{"step":1}\n[1]\n');
    await expect(openJournal(path)).rejects.toThrow(/line 2 is no JSON object/);
  });

  it('says that a folder cannot be written', async () => {
    const path = freshPath();
    await (await openJournal(path)).close();
    await expect(openJournal(join(path, 'below-a-file.jsonl'))).rejects.toThrow(AssayError);
    expect(await readJournal(join(path, '..', 'absent.jsonl'))).toBeUndefined();
  });
});
