// Validates nodes side by side, many times, in this one process, started by soak.ts with --expose-gc, and prints now
// and then what is left of it: heap after a collection, resources that keep the process alive, resident memory with
// that of the threads.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateNode } from '../../dist/index.js';

const [model, runs, readings, ...urls] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'assay-soak-'));
let passed = 0;
for (let done = 0; done < Number(runs); ) {
  const reports = await Promise.all(
    urls.map((mlnodeUrl, i) =>
      validateNode({
        mlnodeUrl,
        model,
        expDir: join(folder, String(i)),
        warmupSeconds: 0,
        measureSeconds: 0.02,
      }),
    ),
  );
  passed += reports.filter(({ report }) => report.verdict === 'PASS').length;
  done += reports.length;
  rmSync(folder, { recursive: true });
  if (done % (Number(runs) / Number(readings)) === 0) {
    // Sockets that were kept open are closed after some seconds.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    globalThis.gc();
    const { heapUsed, external, rss } = process.memoryUsage();
    const handles = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout').length;
    console.log(JSON.stringify({ done, passed, heapUsed, external, rss, handles }));
  }
}
