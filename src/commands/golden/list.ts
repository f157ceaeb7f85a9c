import { basename } from 'node:path';
import { listGolden } from '../../golden/catalog.js';
import { loadGolden } from '../../golden/load.js';
import { renderTable } from '../../terminal/table.js';
import { defineCommand } from '../command.js';
import { describeGolden } from './description.js';

export const command = defineCommand({
  description: 'Lists the golden references that come with the package.',
  options: { json: { type: 'boolean', description: 'print JSON' } },
  examples: [['assay golden list', 'what can be validated without a file of your own']],
  async run({ json }, { terminal }) {
    const rows = (await Promise.all((await listGolden()).map((path) => loadGolden(path)))).map(
      describeGolden,
    );
    if (json) terminal.out(JSON.stringify(rows, null, 2));
    else {
      terminal.out(
        renderTable(
          ['model', 'vectors', 'threshold', 'tolerates', 'detects (95 %)', 'file'],
          rows.map((row) => [
            row.model,
            String(row.vectors),
            String(row.stat_test.values.dist_threshold),
            row.tolerated_mismatches === null ? 'all' : `${row.tolerated_mismatches}`,
            row.detectable_rate_95 === null ? '-' : `${(100 * row.detectable_rate_95).toFixed(1)} %`,
            basename(row.path),
          ]),
          terminal,
        ),
      );
    }
    return 0;
  },
});
