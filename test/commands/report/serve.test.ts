import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { siteOf } from '../../../src/commands/report/site.js';
import { rootOf, treeOf } from '../../../src/commands/report/tree.js';
import { fleetReportOf } from '../../../src/fleet/fleet-report.js';
import { type PageServer, servePages } from '../../../src/page/page-server.js';
import { nodeResult } from '../../fleet/support.js';
import { runFixture, writeRun } from '../../support/run-fixture.js';
import { useTempFolder } from '../../support/temp.js';

const temp = useTempFolder();
let root: string;
let server: PageServer;

beforeAll(async () => {
  const folder = temp.path('served');
  writeRun(join(folder, 'runs', 'a b'), runFixture());
  writeRun(temp.path('secret'), runFixture());
  await cp(join(folder, 'runs', 'a b'), join(folder, 'fleet', 'nodes', 'node1'), { recursive: true });
  // Three links that lead out: of a folder, of a file in a run's folder, and of a run's report.
  await symlink(temp.path('secret'), join(folder, 'linked'));
  await cp(join(folder, 'runs', 'a b'), join(folder, 'runs', 'half'), { recursive: true });
  await symlink(temp.path('secret/validate_report.json'), join(folder, 'runs', 'half', 'other.json'));
  await mkdir(join(folder, 'runs', 'whole'));
  await symlink(
    temp.path('secret/validate_report.json'),
    join(folder, 'runs', 'whole', 'validate_report.json'),
  );
  await writeFile(join(folder, 'note.txt'), 'not a page');
  const report = fleetReportOf(
    {
      ...{ harness_version: '0', name: 'fleet', shard: null, timestamp: '2026-11-27T00:00:00Z' },
      ...{ duration_s: 1, warnings: [] },
    },
    [nodeResult({ id: 'node1' })],
  );
  await writeFile(join(folder, 'fleet', 'fleet_report.json'), JSON.stringify(report));
  root = await rootOf(folder);
  server = await servePages(siteOf(root), 0);
});
afterAll(() => server.close());

/** One request with the path as written: fetch would tidy it. */
function ask(path: string, options: { host?: string; method?: string } = {}) {
  const { port } = new URL(server.url);
  return new Promise<{ status: number; text: string; headers: Record<string, unknown> }>(
    (resolve, reject) => {
      const asked = request(
        {
          ...{ host: '127.0.0.1', port, path, method: options.method ?? 'GET' },
          headers: { host: options.host ?? `127.0.0.1:${port}` },
        },
        async (response) => {
          let text = '';
          for await (const part of response) text += String(part);
          resolve({ status: response.statusCode ?? 0, text, headers: response.headers });
        },
      );
      asked.on('error', reject).end();
    },
  );
}

describe('assay report serve', () => {
  it('links the history with every run and fleet, and those with each other', async () => {
    const index = await ask('/');
    expect(index.status).toBe(200);
    const links = [...index.text.matchAll(/href="(\/[^"]*)"/g)].map(([, href]) => href as string);
    expect(links).toEqual(
      expect.arrayContaining(['/run/runs/a%20b', '/fleet/fleet', '/run/fleet/nodes/node1']),
    );
    for (const href of new Set(links)) expect((await ask(href)).status, href).toBe(200);
    const fleet = await ask('/fleet/fleet');
    expect(fleet.text).toContain('href="/run/fleet/nodes/node1"');
    expect((await ask('/run/runs/a%20b')).text).toContain('<a href="/">All runs</a>');
    expect(index.headers['content-type']).toBe('text/html; charset=utf-8');
  });

  it.each([
    '/note.txt',
    '/run/../secret',
    '/run/runs/../../secret',
    '/run/..%2f..%2fsecret',
    '/run/%2e%2e/secret',
    '/run/linked',
    '/run//etc',
    '/run/runs/whole',
    '/run/',
    '/run/runs%00',
    '/%',
    '/fleet/runs/a%20b',
  ])('has no page at %s', async (path) => {
    const { status, text } = await ask(path);
    expect(status).toBe(404);
    expect(text).toBe('no such page; / lists all there are\n');
  });

  it('follows no link out of the folder', async () => {
    expect(await treeOf(root)).toEqual({
      runs: ['fleet/nodes/node1', 'runs/a b', 'runs/half'],
      fleets: ['fleet'],
    });
    const { status, text } = await ask('/run/runs/half');
    expect(status).toBe(422);
    expect(text).toContain('a link in it may lead out of the folder that is served');
    expect((await ask('/')).text).not.toContain('runs/half');
  });

  it('answers no other host, and nothing but reads', async () => {
    expect((await ask('/', { host: 'evil.example' })).status).toBe(403);
    expect((await ask('/', { host: '127.0.0.1:1' })).status).toBe(403);
    expect((await ask('/', { host: server.url.slice(7, -1).replace('127.0.0.1', 'localhost') })).status).toBe(
      200,
    );
    expect((await ask('/', { method: 'POST' })).status).toBe(405);
    expect((await ask('/', { method: 'DELETE' })).status).toBe(405);
    expect(await ask('/', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  it('is for a folder that is there', async () => {
    await expect(rootOf(temp.path('none'))).rejects.toThrow('no such folder');
    await expect(rootOf(join(root, 'note.txt'))).rejects.toThrow('no such folder');
  });
});
