import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { collectMessages } from '../../scripts/messages/collect.js';
import { packageRoot } from '../../src/paths.js';

/** Messages of other programs, which the page explains as well. */
const FOREIGN = ['503 Timeout after', '502', 'No epoch models available for this node', 'assay tx'];

it.each(['docs/troubleshooting.md', 'docs/zh/troubleshooting.md'])(
  '%s: explains messages as assay says them',
  (page) => {
    const known = collectMessages().map(({ text }) => text.replaceAll(/\{\d+\}/g, '…'));
    const rows = readFileSync(join(packageRoot, page), 'utf8').match(/^\| [^|]+\|/gm) ?? [];
    const said = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, text]) => text as string));
    const parts = said
      .filter((text) => !FOREIGN.some((other) => text.startsWith(other)))
      .flatMap((text) => text.split('…').map((part) => part.trim()))
      .filter((part) => part.length > 3);
    expect(parts.length).toBeGreaterThan(9);
    expect(parts.filter((part) => !known.some((text) => text.includes(part)))).toEqual([]);
  },
);
