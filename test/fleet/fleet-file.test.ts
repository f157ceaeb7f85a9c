import { mkdirSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { readFleet } from '../../src/fleet/fleet-file.js';
import { useTempFolder } from '../support/temp.js';

const folder = useTempFolder();
const config = (id: string, host: string) => ({
  id,
  host,
  inference_port: 5050,
  poc_port: 8080,
  max_concurrent: 500,
  models: { 'a/model': { args: [] } },
});

it('reads nodes by URL, by file and by glob, each with its site, model and reference', async () => {
  mkdirSync(folder.path('nodes'));
  await folder.write('nodes/b.json', [config('b1', '10.0.0.2'), config('b2', '10.0.0.3')]);
  await folder.write('nodes/a.json', config('a1', '10.0.0.1'));
  await folder.write('odd[1].json', config('odd', '10.0.0.9'));
  const path = await folder.write(
    'fleet.yaml',
    `name: pool
model: a/model
reference: golden.json
concurrency: 8
sites: { ams: { concurrency: 2 }, fra: }
nodes:
  - { id: by-url, url: "http://user:secret@10.0.1.1:8080/", site: ams, model: other/model }
  - { node_config: "nodes/*.json", site: fra }
  - { node_config: "odd[1].json", site: fra, id: odd }
`,
  );
  const fleet = await readFleet(path);
  expect(fleet).toMatchObject({ name: 'pool', concurrency: 8 });
  expect([...fleet.sites]).toEqual([
    ['ams', 2],
    ['fra', 8],
  ]);
  expect(fleet.nodes.map(({ id, site, model, url }) => [id, site, model, url])).toEqual([
    // The password is kept apart from the address.
    ['by-url', 'ams', 'other/model', 'http://10.0.1.1:8080'],
    ['a1', 'fra', 'a/model', 'http://10.0.0.1:8080'],
    ['b1', 'fra', 'a/model', 'http://10.0.0.2:8080'],
    ['b2', 'fra', 'a/model', 'http://10.0.0.3:8080'],
    ['odd', 'fra', 'a/model', 'http://10.0.0.9:8080'],
  ]);
  expect(fleet.nodes.every(({ reference }) => reference === folder.path('golden.json'))).toBe(true);
});

it('takes how this machine reaches a node of a config beside it', async () => {
  await folder.write('inference.json', [config('n1', 'inference'), config('n2', 'inference2')]);
  const path = await folder.write(
    'reach.yaml',
    'model: m\nnodes: [{id: n1, node_config: inference.json, url: "http://127.0.0.1:8080/"}]',
  );
  const { nodes } = await readFleet(path);
  expect(nodes.map(({ id, url }) => [id, url])).toEqual([['n1', 'http://127.0.0.1:8080']]);
});

const twoAt = (a: string, b: string) => `[{id: a, url: "${a}"}, {id: b, url: "${b}"}]`;

test.each([
  [
    'a node twice',
    'model: m\nnodes: [{id: a, url: "http://h:1"}, {id: a, url: "http://h:2"}]',
    /node "a" is there twice/,
  ],
  [
    'a URL twice',
    `model: m\nnodes: ${twoAt('http://h:1', 'http://h:1/')}`,
    /nodes "a" and "b" are both at http:\/\/h:1/,
  ],
  [
    'a password in what is told',
    `model: m\nnodes: ${twoAt('http://u:p@h:1', 'http://u:p@h:1')}`,
    /both at http:\/\/\*\*\*@h:1;?/,
  ],
  [
    'an unknown site',
    'model: m\nsites: {x: }\nnodes: [{id: a, url: "http://h:1", site: y}]',
    /nodes\[0\] is at an unknown site "y"/,
  ],
  [
    'no site of several',
    'model: m\nsites: {x: , y: }\nnodes: [{id: a, url: "http://h:1"}]',
    /nodes\[0\] has no site/,
  ],
  ['no model', 'nodes: [{id: a, url: "http://h:1"}]', /nodes\[0\] has no model/],
  ['no URL', 'model: m\nnodes: [{id: a, url: "h:1"}]', /url: "h:1" is not an http or https URL/],
  [
    'a URL beside configs without the node that it is of',
    'model: m\nnodes: [{url: "http://h:1", node_config: x}]',
    /must have property id when property url is present/,
  ],
  [
    'a glob without its bracket',
    'model: m\nnodes: [{node_config: "no[des.json"}]',
    /glob "no\[des.json" has no "]"/,
  ],
  [
    'a glob with a stray brace',
    'model: m\nnodes: [{node_config: "nodes}.json"}]',
    /has a "}" that closes nothing/,
  ],
  ['a glob without a match', 'model: m\nnodes: [{node_config: "none/*.json"}]', /none matches it as a glob/],
  ['an unknown key', 'model: m\nnode: []\nnodes: [{id: a, url: "http://h:1"}]', /unknown key "node"/],
  ['no node', 'model: m\nnodes: []', /\/nodes must NOT have fewer than 1 items/],
  ['no YAML', 'nodes: [', /not YAML \(.* at line 1, column \d+\)$/],
])('refuses %s', async (name, text, reason) => {
  await expect(readFleet(await folder.write(`${name.replaceAll(/\W/g, '-')}.yaml`, text))).rejects.toThrow(
    reason,
  );
});

it('refuses a file that is not there', async () => {
  await expect(readFleet(folder.path('absent.yaml'))).rejects.toThrow(/no such file/);
});
