import { request } from 'node:http';
import { AxeBuilder } from '@axe-core/playwright';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { NodeResult } from '../../src/fleet/model.js';
import { type LiveEvent, liveEvent } from '../../src/live/page.js';
import { serveLive } from '../../src/live/serve.js';
import { type MetricsServer, serveMetrics } from '../../src/live/server.js';
import { LiveState, TREND } from '../../src/live/state.js';
import { nodeResult } from '../fleet/support.js';
import { hasChromium, launchChromium } from '../support/chromium.js';
import { HOSTILE } from '../support/run-fixture.js';

const servers: MetricsServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

const fleet = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    ...{ id: `n${at}`, site: 'west', model: 'm', url: `http://10.0.0.1:${8000 + at}` },
  }));
const ended = (id: string, changes: Partial<NodeResult> = {}) => nodeResult({ id, ...changes });

async function serve(state: LiveState, address = '127.0.0.1:0') {
  const server = await serveMetrics(new Registry(), address, (host) =>
    serveLive({
      ...{ state, host },
      nodePage: async (at) => (at === 0 ? '<p>page of n0</p>' : null),
      historyPage: async () => '<p>all runs</p>',
    }),
  );
  servers.push(server);
  return { url: server.url.replace('metrics', ''), port: Number(new URL(server.url).port) };
}

/** What comes back for a Host header of one's choice. */
const ask = (port: number, path: string, host: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers: { host } }, (answer) => {
      answer.destroy();
      resolve(answer.statusCode);
    });
    asked.on('error', reject).end();
  });

describe('the live page', () => {
  it('escapes what nodes say, and sends no more of it than fits into a row', () => {
    const state = new LiveState('lab', fleet(1));
    const warnings = Array.from({ length: 500 }, () => `<img src=x onerror=alert(1)>${'x'.repeat(3_000)}`);
    state.ended(ended('n0', { verdict: 'INCOMPLETE', verdict_reason: `</script>${HOSTILE}`, warnings }), 0);
    const text = JSON.stringify(liveEvent(state.fleet, new Map(), 0));
    expect(text).not.toMatch(/<img|<script|<\/script/);
    expect(text.length).toBeLessThan(10_000);
  });

  it('is served under addresses, localhost and the host that was named, and under no other name', async () => {
    const { port } = await serve(new LiveState('lab', fleet(2)));
    for (const path of ['/', '/events', '/history', '/node/0']) {
      expect(await ask(port, path, 'rebound.example')).toBe(403);
      expect(await ask(port, path, `localhost:${port}`)).toBe(200);
    }
    expect(await ask(port, '/', '[::1]:9464')).toBe(200);
    expect(await ask(port, '/node/1', '127.0.0.1')).toBe(404);
    // Prometheus finds its target by whichever name it has.
    expect(await ask(port, '/metrics', 'assay.monitoring.svc')).toBe(200);
    expect(await ask(port, '/else', '127.0.0.1')).toBe(404);
  });

  it('is for this machine alone where no host was named, and under no name', async () => {
    const { port } = await serve(new LiveState('lab', fleet(1)), ':0');
    expect(await ask(port, '/', 'rebound.example')).toBe(403);
    expect(await ask(port, '/', '127.0.0.1')).toBe(200);
  });

  it('has hostile texts as texts, and failures on top', () => {
    const state = new LiveState('lab', fleet(3));
    state.ended(ended('n0'), 0);
    state.ended(ended('n2', { verdict: 'FAIL', verdict_reason: HOSTILE }), 0);
    const { order, changed } = liveEvent(state.fleet, new Map(), 0);
    expect(order).toEqual(['node-2', 'node-0', 'node-1']);
    expect(changed).toHaveLength(3);
    expect(JSON.stringify(changed)).not.toMatch(/<script|<img/i);
  });

  it('sends the rows that changed and no others', () => {
    const state = new LiveState('lab', fleet(200));
    const sent = new Map(liveEvent(state.fleet, new Map(), 0).changed);
    state.begun('n7', 0);
    state.doing('n7', { phase: 'probe', progress: { done: 3, total: 200, unit: 'nonces' } });
    const event: LiveEvent = liveEvent(state.fleet, sent, 0);
    expect(event.changed.map(([id]) => id)).toEqual(['node-7']);
    expect(event.changed[0]?.[1]).toContain('probe: 3 of 200 nonces');
  });

  it('keeps a trend of bounded length', () => {
    const state = new LiveState('lab', fleet(1));
    for (let run = 0; run < 500; run++) state.ended(ended('n0'), run);
    expect(state.fleet.nodes[0]?.trend).toHaveLength(TREND);
    expect(state.fleet.nodes[0]).toMatchObject({ lastPassAt: 499, doing: null });
  });
});

describe.skipIf(!hasChromium)('the live page in Chromium', () => {
  it('shows 200 nodes on a phone, in both colours, and goes on by itself', async () => {
    const state = new LiveState('lab', fleet(200));
    for (const { id } of state.fleet.nodes.slice(0, 150)) {
      state.ended(ended(id), Date.now());
      state.ended(ended(id), Date.now());
    }
    const { url } = await serve(state);
    const browser = await launchChromium();
    try {
      const page = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
      const faults: string[] = [];
      page.on('console', (message) => faults.push(message.text()));
      page.on('pageerror', (error) => faults.push(String(error)));
      await page.goto(url);
      await page.getByText('live', { exact: true }).waitFor();
      expect(await page.locator('#rows tr').count()).toBe(200);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(360);

      state.ended(ended('n199', { verdict: 'FAIL', verdict_reason: 'other weights' }), Date.now());
      await page.locator('#rows tr:first-child').getByText('other weights').waitFor();
      expect(await page.locator('#rows tr:first-child th').textContent()).toBe('n199');
      state.update({ closed: 'the network is in phase PoCGenerate' });
      await page.getByText('the network is in phase PoCGenerate').waitFor();

      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      }
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
