import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openForReader, readPipe } from '../../src/files/pipe.js';
import { readWhole } from '../../src/files/read-whole.js';
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
  expect(() => readPipe(path, () => {}, limits)).toThrow('it is a pipe into which nobody writes');
  await expect(openForReader(path, 60)).rejects.toThrow('it is a pipe from which nobody reads');
  const idle = spawn('sh', ['-c', 'exec 3>"$0"; echo open; sleep 60', path], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // It opens the pipe as soon as there is a reader.
  expect(() => readPipe(path, () => {}, { away: 20_000, idle: 300 })).toThrow(
    'nothing came through this pipe',
  );
  idle.kill('SIGKILL');
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
