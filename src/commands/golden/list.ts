import { listGolden } from '../../golden/catalog.js';
import { renderTable } from '../../terminal/table.js';
import { jsonText } from '../../text/json.js';
import { defineCommand } from '../command.js';
import { describeGolden, markOf } from './description.js';

export const command = defineCommand({
  description:
    'Lists the references: yours (marked), then those of the package. Exit 1 when one of yours is refused.',
  options: { json: { type: 'boolean', description: 'print JSON' } },
  examples: [
    ['assay golden list', 'the models that can be validated'],
    ['assay golden list --catalog ./catalog', 'with your own references'],
  ],
  async run({ json }, { terminal }) {
    const all = await listGolden();
    const rows = all.map((each) => {
      const mark = { name: each.name, own: each.isOwn, mark: markOf(each, all) };
      return 'reference' in each
        ? { ...mark, refused: null, ...describeGolden(each.reference) }
        : { ...mark, refused: each.refused, path: each.path };
    });
    if (json) terminal.out(jsonText(rows));
    else {
      terminal.out(
        renderTable(
          ['name', 'model', 'recorded on', 'vectors', 'threshold', 'tolerates', 'detects', 'catalogue'],
          rows.flatMap((row) =>
            'model' in row
              ? [
                  [
                    row.name,
                    row.model,
                    row.recorded_on.text,
                    String(row.vectors),
                    String(row.stat_test?.values.dist_threshold ?? 'not known'),
                    row.stat_test === null
                      ? '-'
                      : row.tolerated_mismatches === null
                        ? 'all'
                        : `${row.tolerated_mismatches}`,
                    row.detectable_rate_95 === null ? '-' : `${(100 * row.detectable_rate_95).toFixed(1)} %`,
                    row.mark,
                  ],
                ]
              : [],
          ),
          terminal,
          ['catalogue', 'vectors', 'tolerates', 'model', 'recorded on'],
        ),
      );
    }
    const refused = all.flatMap((each) => ('refused' in each ? each.refused : []));
    for (const text of refused) terminal.say(`refused: ${text}`);
    return refused.length === 0 ? 0 : 1;
  },
});
