import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { giveUpPipes, readPipe, writePipe } from '../../src/files/pipe.js';
import { readWhole, readWholeSync } from '../../src/files/read-whole.js';
import { writeWhole } from '../../src/files/write-whole.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();

async function makePipe(): Promise<string> {
  await mkdir(temp.path('.'), { recursive: true });
  const path = temp.path(`pipe-${Math.random()}`);
  execFileSync('mkfifo', [path]);
  return path;
}

it('does not wait for ever for the other end of a pipe', async () => {
  const path = await makePipe();
  const limits = { away: 60, idle: 100 };
  expect(() => readWholeSync(path)).toThrow('it is a pipe, not a file');
  await expect(readPipe(path, () => {}, limits)).rejects.toThrow('it is a pipe into which nobody writes');
  await expect(writePipe(path, '', 60)).rejects.toThrow('it is a pipe from which nobody reads');
  const idle = spawn('sh', ['-c', 'exec 3>"$0"; echo open; exec sleep 60', path], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // It opens the pipe as soon as there is a reader.
  await expect(readPipe(path, () => {}, { away: 20_000, idle: 300 })).rejects.toThrow(
    'nothing came through this pipe',
  );
  idle.kill('SIGKILL');
});

it('waits no longer when the user ends the process', async () => {
  const path = await makePipe();
  const reading = readPipe(path, () => {}, { away: 60_000, idle: 60_000 }).catch(({ message }) => message);
  try {
    giveUpPipes(new Error('interrupted by SIGINT'));
    expect(await reading).toBe('interrupted by SIGINT');
    await expect(readWhole(path)).rejects.toThrow('interrupted by SIGINT');
  } finally {
    giveUpPipes(null);
  }
});

it('reads what is written slowly, to its end', async () => {
  const path = await makePipe();
  const writer = spawn('sh', [
    '-c',
    '{ printf a; sleep 0.2; printf b; head -c 200000 /dev/zero; } >"$0"',
    path,
  ]);
  const bytes = await readWhole(path);
  expect(bytes.length).toBe(200_002);
  expect(bytes.subarray(0, 2).toString()).toBe('ab');
  if (writer.exitCode === null) await once(writer, 'exit');
});

it('writes more than a pipe holds, for a reader that is slow', async () => {
  const path = await makePipe();
  const reader = spawn('sh', ['-c', 'sleep 0.2; wc -c <"$0"', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  let counted = '';
  reader.stdout.on('data', (part) => {
    counted += part;
  });
  const ended = once(reader, 'close');
  await writeWhole(path, 'x'.repeat(300_000));
  await ended;
  expect(counted.trim()).toBe('300000');
});

it('lets the process end while a reader does not read, and while a writer does not write', async () => {
  const script = (call: string) => `
    import { readPipe, writePipe } from ${JSON.stringify(new URL('../../src/files/pipe.ts', import.meta.url).href)};
    setTimeout(() => process.exit(7), 300);
    await ${call};
  `;
  const run = (call: string) =>
    spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script(call)], {
      stdio: 'ignore',
    });
  const [unread, unwritten] = [await makePipe(), await makePipe()];
  // Each opens its end, and does nothing with it.
  const reader = spawn('sh', ['-c', 'exec 3<"$0"; exec sleep 60', unread], { stdio: 'ignore' });
  const writer = spawn('sh', ['-c', 'exec 3>"$0"; exec sleep 60', unwritten], { stdio: 'ignore' });
  const ends = [
    run(`writePipe(${JSON.stringify(unread)}, 'x'.repeat(300_000))`),
    run(`readPipe(${JSON.stringify(unwritten)}, () => {})`),
  ].map(async (child) => (await once(child, 'exit'))[0]);
  expect(await Promise.all(ends)).toEqual([7, 7]);
  reader.kill('SIGKILL');
  writer.kill('SIGKILL');
});
