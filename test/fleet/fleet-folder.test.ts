import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  createFleetFolder,
  keysOfEarlierFleets,
  resumeFleetFolder,
  takeBackFleetFolder,
} from '../../src/fleet/fleet-folder.js';
import { useTempFolder } from '../support/temp.js';

const folder = useTempFolder();
const node = (id: string, url: string) => ({ id, url, site: 'default', model: 'a/model' });
const inputs = {
  name: 'pool',
  shard: null,
  nodes: [node('a', 'http://u:secret@h:1'), node('../b', 'http://h:2')],
  options: { strict: true },
};

it('keeps a plan without secrets, whose folders stay inside, and knows the keys of fleets beside it', async () => {
  mkdirSync(folder.path('no-fleet'));
  await folder.write('no-fleet/fleet_plan.json', '{');
  const first = await createFleetFolder(inputs, folder.path('first'));
  await first.release();
  const second = await createFleetFolder(inputs, folder.path('second'));
  await second.release();
  expect(JSON.stringify(first.plan)).not.toContain('secret');
  expect(first.plan.nodes.map((planned) => planned.folder)).toEqual([
    'nodes/a',
    expect.stringMatching(/^nodes\/b~[0-9a-f]{16}$/),
  ]);

  const keys = [first, second].map(({ plan }) => plan.nodes.map(({ own_public_key }) => own_public_key));
  expect(new Set(keys.flat()).size).toBe(4);
  const earlier = await keysOfEarlierFleets(folder.path('second'));
  expect(earlier('http://u:secret@h:1').sort()).toEqual([keys[0]?.[0], keys[1]?.[0]].sort());
  expect(earlier('http://elsewhere:1')).toEqual([]);
  // What a fleet that goes on generates is its own to stop.
  const again = await resumeFleetFolder(inputs, folder.path('first'));
  expect((await keysOfEarlierFleets(folder.path('second')))('http://u:secret@h:1')).toEqual([keys[1]?.[0]]);
  await again.release();
});

it('is taken up with the same inputs only, and with the keys that it had', async () => {
  const made = await createFleetFolder(inputs, folder.path('made'));
  await expect(createFleetFolder(inputs, folder.path('made'))).rejects.toThrow('is in use');
  await made.release();
  await expect(createFleetFolder(inputs, folder.path('made'))).rejects.toThrow('is not empty');
  const other = { ...inputs, nodes: inputs.nodes.slice(1) };
  await expect(resumeFleetFolder(other, folder.path('made'))).rejects.toThrow('another list of nodes');
  const again = await resumeFleetFolder(inputs, folder.path('made'));
  expect(again.plan).toEqual(made.plan);
  await again.release();
});

it('leaves nothing behind where no run has begun', async () => {
  const made = await createFleetFolder(inputs, folder.path('unused'));
  await takeBackFleetFolder(made);
  expect(existsSync(made.path)).toBe(false);
});

it('leaves an empty folder that the user had made', async () => {
  const own = folder.path('own');
  mkdirSync(own);
  const made = await createFleetFolder(inputs, own);
  await takeBackFleetFolder(made);
  expect(readdirSync(own)).toEqual([]);
});

it('passes over neighbours whose plan is a pipe or a folder', async () => {
  mkdirSync(folder.path('beside/piped'), { recursive: true });
  execFileSync('mkfifo', [folder.path('beside/piped/fleet_plan.json')]);
  mkdirSync(folder.path('beside/folded/fleet_plan.json'), { recursive: true });
  const made = await createFleetFolder(inputs, folder.path('beside/made'));
  const keys = await keysOfEarlierFleets(folder.path('beside/other'));
  await made.release();
  expect(keys('http://h:2')).toEqual([]);
});
