import { renderTable } from '../../terminal/table.js';
import { jsonText } from '../../text/json.js';
import { readTxLog, sentRow, txLogPath } from '../../tx/tx-log.js';
import { defineCommand } from '../command.js';

export const command = defineCommand({
  description: 'Shows what was sent from this folder (assay-tx.jsonl), oldest first.',
  options: { json: { type: 'boolean', description: 'print JSON' } },
  examples: [['assay tx log', 'times, hashes and results']],
  async run({ json }, { terminal }) {
    const sent = await readTxLog(txLogPath());
    if (json) terminal.out(jsonText(sent));
    else if (sent.length === 0) terminal.out('nothing was sent from this folder');
    else
      terminal.out(
        renderTable(['time', 'choice', 'model', 'hash', 'block', 'outcome'], sent.map(sentRow), terminal, [
          'block',
          'model',
        ]),
      );
    return 0;
  },
});
