import { requireNodeUrl } from '../../chain/node-url.js';
import { UsageError } from '../../errors.js';
import { parseBaseUrl } from '../../http/url.js';
import { COMMIT_GAS, checkReady, type ReadyFinding } from '../../poc/ready.js';
import { pocRules, rulesJson } from '../../poc/rules.js';
import { renderTable } from '../../terminal/table.js';
import { jsonText } from '../../text/json.js';
import { chainOptions } from '../chain-options.js';
import { defineCommand } from '../command.js';
import { numberFlag, textFlag } from '../flags.js';
import { addressToShow } from '../own-address.js';
import { keyOptions } from '../tx/options.js';
import { pacedReads } from './options.js';

export const command = defineCommand({
  description:
    'Checks what a host needs before a PoC: fees and grants of the key that commits, clocks, PoC challenges, time left, versions, missing choices. Exit 0 when no check fails, 1 when one fails. Checks that could not run are listed.',
  options: {
    ...chainOptions,
    ...keyOptions,
    warm: textFlag('address of the warm key that commits (default: every key with a grant for it)'),
    'commit-gas': numberFlag(
      'commit-gas',
      "gas of one commit for the estimate; see your last commit's transaction",
      {
        min: 1,
        integer: true,
        default: Number(COMMIT_GAS),
      },
    ),
    'mlnode-url': {
      type: 'string',
      array: true,
      requiresArg: true,
      description: 'base URL of an ML node, for its clock; may be given several times',
    },
    'maintenance-blocks': numberFlag(
      'maintenance-blocks',
      'ask whether a window of this many blocks is possible',
      {
        min: 1,
        integer: true,
      },
    ),
  },
  examples: [
    ['assay poc ready --node https://node3.gonka.ai --address gonka1…', 'before the PoC'],
    [
      'assay poc ready --address gonka1… --mlnode-url http://10.0.0.21:8080 --json',
      'with the clock of a node',
    ],
  ],
  async run(args, { terminal, signal }) {
    const nodeUrl = requireNodeUrl(args.node);
    const address = await addressToShow(args, terminal, signal);
    if (address === undefined)
      throw new UsageError('no host is given', { advice: 'add --address gonka1…, or --from KEY' });
    const { table, findings } = await checkReady(
      nodeUrl,
      {
        address,
        warm: args.warm,
        commitGas: BigInt(args['commit-gas']),
        mlNodeUrls: (args['mlnode-url'] ?? []).map((url) => parseBaseUrl(url, '--mlnode-url')),
        maintenanceBlocks: args['maintenance-blocks'],
      },
      pacedReads(signal),
    );
    const rules = pocRules(table.view.version);
    const all: ReadyFinding[] =
      rules.warning === null
        ? findings
        : [{ check: 'rules', level: 'warning', text: rules.warning }, ...findings];
    const isReady = all.every(({ level }) => level !== 'error');
    if (args.json) terminal.out(jsonText({ address, ready: isReady, rules: rulesJson(rules), checks: all }));
    else
      terminal.out(
        renderTable(
          ['', 'check', 'finding'],
          all.map(({ level, check, text }) => [level.replace('_', ' '), check, text]),
          terminal,
        ),
      );
    return isReady ? 0 : 1;
  },
});
