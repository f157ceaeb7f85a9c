import { execa, execaSync } from 'execa';
import { expect, it } from 'vitest';
import { createMetrics } from '../../src/live/metrics.js';
import { serveMetrics } from '../../src/live/server.js';
import { packageRoot } from '../../src/paths.js';
import { nodeResult } from '../fleet/support.js';
import { freePort } from '../support/redis.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const hasPrometheus = execaSync('prometheus', ['--version'], { reject: false }).exitCode === 0;
if (!hasPrometheus) console.warn('prometheus is not installed: the test that has it scrape is skipped');

it.skipIf(!hasPrometheus)(
  'a real Prometheus scrapes what is served, and its rules find it',
  async () => {
    const node = { id: 'a', site: 'west', model: 'm', url: 'http://a' };
    const metrics = createMetrics([node]);
    metrics.observe(nodeResult({ ...node, verdict: 'FAIL' }), undefined);
    const server = await serveMetrics(metrics.registry, '127.0.0.1:0');
    const config = await temp.write(
      'prometheus.yaml',
      JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: [`${packageRoot}/examples/monitoring/alerts.yaml`],
        scrape_configs: [{ job_name: 'assay', static_configs: [{ targets: [new URL(server.url).host] }] }],
      }),
    );
    const url = `127.0.0.1:${await freePort()}`;
    const flags = [`--config.file=${config}`, `--web.listen-address=${url}`];
    const run = execa('prometheus', [...flags, `--storage.tsdb.path=${temp.path('tsdb')}`], {
      ...{ reject: false, stdin: 'ignore' },
    });
    const ask = async (path: string) => {
      const answer = await fetch(`http://${url}/api/v1/${path}`).catch(() => undefined);
      return answer?.ok === true ? JSON.stringify(await answer.json()) : '';
    };
    try {
      await expect
        .poll(() => ask('query?query=assay_node_verdict==1'), { timeout: 30_000 })
        .toMatch(/"node":"a".*"verdict":"FAIL"/);
      await expect.poll(() => ask('alerts'), { timeout: 30_000 }).toContain('"alertname":"AssayNodeFails"');
      expect(await ask('rules')).not.toMatch(/"health":"err"/);
    } finally {
      run.kill('SIGTERM');
      await run;
      await server.close();
    }
  },
  90_000,
);
