import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/paths.js';

describe('README.zh-CN.md', () => {
  it('shows the commands of README.md, in their order', async () => {
    const [english, chinese] = await Promise.all(['README.md', 'README.zh-CN.md'].map(commandsOf));
    expect(english?.length).toBeGreaterThan(7);
    expect(chinese).toEqual(english);
  });

  it('has its sections, and shows its pictures and recordings', async () => {
    const [english, chinese] = await Promise.all(['README.md', 'README.zh-CN.md'].map(read));
    for (const part of [/^#+ /gm, /!\[[^\]]*\]\(([^)]+)\)/g, /^\$ .*$/gm]) {
      const parts = (text = '') => [...text.matchAll(part)].map(([all, group]) => group ?? all);
      expect(parts(chinese)).toEqual(parts(english));
    }
  });
});

/** Every line of every block of code, without its comment, which is translated. */
async function commandsOf(name: string): Promise<string[]> {
  const blocks = [...(await read(name)).matchAll(/^```.*\n([\s\S]*?)^```$/gm)];
  return blocks
    .flatMap(([, code = '']) => code.split('\n'))
    .map((line) => line.replace(/(^|\s)# .*$/, '').trimEnd())
    .filter((line) => line !== '');
}

function read(name: string): Promise<string> {
  return readFile(join(packageRoot, name), 'utf8');
}
